// SPDX-License-Identifier: MIT
// Prints what sello says of secrets that were copied wrongly, as a table in Markdown: list_secret_mistakes [sender]. The
// pages on each sender, which are in Spanish, show what this prints.
#include <initializer_list>
#include <iostream>
#include <string>
#include <string_view>

#include <sello/sello.hpp>

namespace {

struct mistake {
  std::string_view what;
  sello::secret_text secret;
};

/// Each secret meets a delivery that was signed with the right one.
template <class Verifier>
void print_mistakes(std::string_view right, std::initializer_list<mistake> list) {
  using scheme = typename Verifier::scheme_type;
  const std::string body = "{}";
  const auto headers = sello::signer<scheme>{right}.sign(body);
  std::cout << "| Lo que se configura | Cuándo se nota | Lo que dice sello |\n| --- | --- | --- |\n";
  for (const auto& [what, secret] : list) {
    std::cout << "| " << what << " | ";
    if (const auto verifier = Verifier::create(secret); !verifier) {
      std::cout << "al arrancar | `" << verifier.error().message() << "` |\n";
    } else if (const auto delivery = verifier->verify(headers, body); !delivery) {
      std::cout << "en cada entrega | `" << delivery.error().message() << "` |\n";
    } else {
      std::cout << "nunca | funciona |\n";
    }
  }
}

constexpr const char* unset = nullptr;  // as getenv() gives it

void akua() {
  print_mistakes<sello::akua::verifier>(
      "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
      {{"la variable no existe", unset},
       {"solo el prefijo, `whsec_`", "whsec_"},
       {"copiado de la página, con la barra de Markdown: `whsec\\_MfKQ…`", "whsec\\_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"},
       {"el prefijo dos veces: `whsec_whsec_MfKQ…`", "whsec_whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"},
       {"con la versión delante: `v1,whsec_MfKQ…`", "v1,whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"},
       {"una clave pública: `whpk_…`", "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4="},
       {"el id del webhook: `wbk-…`", "wbk-d0idtusqj6bnldiskhig"},
       {"entre comillas", "\"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\""},
       {"el de otro ambiente", "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
       {"con espacios o un salto de línea alrededor", " whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n"},
       {"sin el prefijo", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}});
}

template <class Verifier>
void plain_text() {
  print_mistakes<Verifier>("tu-secreto-webhook",
                           {{"la variable no existe", unset},
                            {"un texto vacío", ""},
                            {"con un salto de línea al final, como lo deja `echo`", "tu-secreto-webhook\n"},
                            {"entre comillas", "\"tu-secreto-webhook\""},
                            {"el de otro ambiente", "otro-secreto"}});
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view sender = argc > 1 ? argv[1] : "";
  if (sender.empty() || sender == "akua") akua();
  if (sender.empty() || sender == "kuenta") plain_text<sello::kuenta::verifier>();
  if (sender.empty() || sender == "gu1") plain_text<sello::gu1::verifier>();
}
