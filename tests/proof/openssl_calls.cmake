# SPDX-License-Identifier: MIT
# The OpenSSL functions that sello calls: those that can fail, each of which failing_openssl.cpp makes fail, and those
# that cannot. As a script (cmake -DHEADERS=<directory> -P) it checks that no header calls another one.

set(
  openssl_calls_that_fail
  CRYPTO_malloc EVP_DecodeBlock EVP_Digest EVP_DigestSign EVP_DigestSignInit_ex EVP_DigestVerify EVP_DigestVerifyInit_ex
  EVP_MAC_CTX_dup EVP_MAC_CTX_new EVP_MAC_fetch EVP_MAC_final EVP_MAC_init EVP_MAC_update EVP_MD_CTX_new EVP_MD_fetch
  EVP_PKEY_get_raw_public_key EVP_PKEY_new_raw_private_key_ex EVP_PKEY_new_raw_public_key_ex
)
set(
  openssl_calls_that_cannot_fail
  CRYPTO_memcmp # compares
  EVP_EncodeBlock # writes into the caller's buffer, allocates nothing
  ERR_pop_to_mark ERR_set_mark # where they do nothing, OpenSSL's errors stay in the thread's queue
  EVP_MAC_CTX_free EVP_MAC_free EVP_MD_CTX_free EVP_MD_free EVP_PKEY_free # free
  OPENSSL_init_crypto # fails after OPENSSL_cleanup: see openssl_state.cpp
  OPENSSL_clear_free OPENSSL_cleanse # overwrite and free
  OPENSSL_version_major OPENSSL_version_minor OPENSSL_version_patch # constants
  OSSL_PARAM_construct_end OSSL_PARAM_construct_utf8_string # fill a struct
)

if(CMAKE_SCRIPT_MODE_FILE)
  cmake_minimum_required(VERSION 3.25)
  file(GLOB_RECURSE headers ${HEADERS}/*.hpp)
  list(FILTER headers EXCLUDE REGEX "/(server|inbox)/")
  foreach(header IN LISTS headers)
    file(STRINGS ${header} lines REGEX "(CRYPTO|EVP|OPENSSL|OSSL|HMAC|ERR|RAND|BIO)_[A-Za-z0-9_]+\\(")
    foreach(line IN LISTS lines)
      string(REGEX MATCHALL "(CRYPTO|EVP|OPENSSL|OSSL|HMAC|ERR|RAND|BIO)_[A-Za-z0-9_]+\\(" calls "${line}")
      foreach(call IN LISTS calls)
        string(REPLACE "(" "" call ${call})
        string(REPLACE OPENSSL_malloc CRYPTO_malloc call ${call})
        list(APPEND found ${call})
        if(NOT call IN_LIST openssl_calls_that_fail AND NOT call IN_LIST openssl_calls_that_cannot_fail)
          message(SEND_ERROR "${header} calls ${call}, which no check makes fail")
        endif()
      endforeach()
    endforeach()
  endforeach()
  foreach(call IN LISTS openssl_calls_that_fail)
    if(NOT call IN_LIST found)
      message(SEND_ERROR "No header calls ${call}: take it from the list")
    endif()
  endforeach()
endif()
