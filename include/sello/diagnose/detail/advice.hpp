// SPDX-License-Identifier: MIT
// What to do about each cause, and the sentences that are made of it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <sello/diagnose/cause.hpp>
#include <sello/diagnose/detail/deviation.hpp>

namespace sello::inline v0::detail::diagnosis {

/// The second half of a sentence.
[[nodiscard]] constexpr std::string_view advice(cause why) noexcept {
  switch (why) {
    case cause::newline_added:
    case cause::newline_cut:
    case cause::line_endings_changed:
    case cause::byte_order_mark_added:
    case cause::byte_order_mark_cut: return "keep and verify the body as bytes, not as lines of text";
    case cause::json_rewritten:
    case cause::keys_reordered:
    case cause::body_quoted: return "verify the raw body as it came from the socket, before anything parses it";
    case cause::body_in_event: return "verify what its \"body\" says, out of base64 where \"isBase64Encoded\" is true";
    case cause::body_form_encoded:
    case cause::body_form_decoded: return "read the raw body, before a framework takes it for a form";
    case cause::body_in_base64: return "decode the base64 that the gateway has made, and verify what comes out";
    case cause::body_out_of_base64: return "verify the body before anything decodes it";
    case cause::character_set_changed: return "verify the raw bytes, before anything makes characters of them";
    case cause::body_empty: return "something has read the body before; read it once, keep it, and verify that";
    case cause::body_of_another_size:
      return "find out what cut, compressed or wrote the body anew in front of the verifier";
    case cause::body_compressed: return "let the server or the proxy undo the compression before the verifier";
    case cause::secret_untrimmed: return "configure the secret alone, as the sender's dashboard shows it";
    case cause::secret_line_break: return "set the secret anew at the sender, without the line break";
    case cause::secret_prefix:
      return "configure the secret exactly as the sender's dashboard shows it, with its prefix or without";
    case cause::secret_as_text:
    case cause::secret_as_base64:
    case cause::secret_as_hex:
    case cause::secret_encoded:
      return "look at which scheme that sender documents, and give its secret to a verifier of that scheme, as it is "
             "shown";
    case cause::secrets_joined: return "give them to the verifier as a list, each as a text of its own";
    case cause::secret_refused: return "configure the secret as the sender's dashboard shows it";
    case cause::headers_renamed:
      return "let the proxy pass the names as they are, or give them back before the verifier";
    case cause::time_in_milliseconds: return "pass the sender's header on unchanged, or sign seconds";
    case cause::time_changed:
    case cause::time_elsewhere:
    case cause::id_changed:
    case cause::id_elsewhere:
    case cause::header_repeated:
    case cause::families_mixed: return "let the proxy pass the sender's headers as they came, each once";
    case cause::signed_otherwise:
      return "use the scheme that this sender documents, or one of your own that signs these bytes";
    case cause::header_missing: return "let the proxy pass it, or look whether this came from the sender at all";
    case cause::header_refused: return "let the proxy pass the sender's headers as they came";
    case cause::signature_prefixed:
    case cause::signature_hex:
    case cause::signature_base64:
    case cause::signature_altered:
    case cause::signature_version: return "pass the header on as it came, or use a scheme that reads this form";
    case cause::signature_cut: return "find out what cuts the header, a log or a column of a table";
    case cause::signature_elsewhere:
      return "set the verifier's signature_header to that name, or let the proxy keep the sender's";
    case cause::signature_asymmetric: return "give the sender's public key, \"whpk_...\", to a verifier of svix_v1a";
    case cause::signature_missing: return "let the proxy pass it, or look whether this came from the sender at all";
    case cause::another_scheme: return "give it to a verifier of that scheme, or look at which URL that sender has";
    case cause::verified:
    case cause::another_secret:
    case cause::sent_too_long_ago:
    case cause::sent_in_the_future:
    case cause::nothing_fits: break;
  }
  return "";
}

/// One sentence of one or several mistakes: what is wrong, and what to do.
[[nodiscard]] inline std::string sentence(const std::vector<deviation>& mistakes) {
  std::string what;
  std::string then;
  for (const deviation& each : mistakes) {
    what.append(what.empty() ? "" : ", and ").append(each.what);
    const std::string_view remedy = each.then.empty() ? advice(each.why) : each.then;
    if (then.find(remedy) == then.npos) then.append(then.empty() ? "" : "; ").append(remedy);
  }
  return what + ": " + then;
}

}  // namespace sello::inline v0::detail::diagnosis
