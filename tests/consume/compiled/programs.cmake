# SPDX-License-Identifier: MIT
# A unit that reads no nlohmann/json.

add_compile_options(-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Werror)
add_executable(receives ${CMAKE_CURRENT_LIST_DIR}/receives.cpp)
target_link_libraries(receives PRIVATE sello::compiled)
add_custom_command(TARGET receives POST_BUILD COMMAND receives)
