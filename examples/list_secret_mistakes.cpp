// SPDX-License-Identifier: MIT
// Prints what sello says of secrets that were copied wrongly, as a table in Markdown: list_secret_mistakes [sender [es]]. The
// pages on each sender, in English and in Spanish ("es"), show what this prints.
#include <initializer_list>
#include <iostream>
#include <string>
#include <string_view>

#include <sello/sello.hpp>

namespace {

/// A text of the table in both languages.
struct words {
  std::string_view english;
  std::string_view spanish;
};

bool in_spanish = false;
std::ostream& operator<<(std::ostream& out, const words& text) {
  return out << (in_spanish ? text.spanish : text.english);
}

struct mistake {
  words what;
  sello::secret_text secret;
};

/// Each secret meets a delivery that was signed with the right one.
template <class Verifier>
void print_mistakes(std::string_view right, std::initializer_list<mistake> list) {
  using scheme = typename Verifier::scheme_type;
  const std::string body = "{}";
  const auto headers = sello::signer<scheme>{right}.sign(body);
  std::cout << words{"| What is configured | When it shows | What sello says |",
                     "| Lo que se configura | Cuándo se nota | Lo que dice sello |"}
            << "\n| --- | --- | --- |\n";
  for (const auto& [what, secret] : list) {
    std::cout << "| " << what << " | ";
    if (const auto verifier = Verifier::create(secret); !verifier) {
      std::cout << words{"at the start", "al arrancar"} << " | `" << verifier.error().message() << "` |\n";
    } else if (const auto delivery = verifier->verify(headers, body); !delivery) {
      std::cout << words{"at each delivery", "en cada entrega"} << " | `" << delivery.error().message() << "` |\n";
    } else {
      std::cout << words{"never | it works |\n", "nunca | funciona |\n"};
    }
  }
}

constexpr const char* unset = nullptr;  // as getenv() gives it
constexpr words no_variable{"the variable is not set", "la variable no existe"};
constexpr words in_quotes{"in quotes", "entre comillas"};
constexpr words not_filled_in{"the name of the variable: `${SECRET}`", "el nombre de la variable: `${SECRET}`"};
constexpr words of_another{"that of another environment", "el de otro ambiente"};

void akua() {
  print_mistakes<sello::akua::verifier>(
      "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
      {{no_variable, unset},
       {{"the prefix alone, `whsec_`", "solo el prefijo, `whsec_`"}, "whsec_"},
       {{"copied from the page, with Markdown's back-slash: `whsec\\_MfKQ…`",
         "copiado de la página, con la barra de Markdown: `whsec\\_MfKQ…`"},
        "whsec\\_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"},
       {{"the prefix twice: `whsec_whsec_MfKQ…`", "el prefijo dos veces: `whsec_whsec_MfKQ…`"},
        "whsec_whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"},
       {{"the version before it: `v1,whsec_MfKQ…`", "con la versión delante: `v1,whsec_MfKQ…`"},
        "v1,whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"},
       {{"a public key: `whpk_…`", "una clave pública: `whpk_…`"}, "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4="},
       {{"the webhook's id: `wbk-…`", "el id del webhook: `wbk-…`"}, "wbk-d0idtusqj6bnldiskhig"},
       {not_filled_in, "${SECRET}"},
       {{"less than 16 bytes behind `whsec_`", "menos de 16 bytes detrás de `whsec_`"}, "whsec_c2VjcmV0by1jb3J0bw=="},
       {in_quotes, "\"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\""},
       {of_another, "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
       {{"blanks or a line break around it", "con espacios o un salto de línea alrededor"},
        " whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n"},
       {{"without the prefix", "sin el prefijo"}, "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}});
}

template <class Verifier>
void plain_text() {
  print_mistakes<Verifier>(
      "tu-secreto-webhook",
      {{no_variable, unset},
       {{"an empty text", "un texto vacío"}, ""},
       {{"with a line break at its end, as `echo` leaves it", "con un salto de línea al final, como lo deja `echo`"},
        "tu-secreto-webhook\n"},
       {not_filled_in, "${SECRET}"},
       {{"less than 8 bytes", "menos de 8 bytes"}, "secreto"},
       {in_quotes, "\"tu-secreto-webhook\""},
       {of_another, "otro-secreto"}});
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view sender = argc > 1 ? argv[1] : "";
  in_spanish = argc > 2 && std::string_view{argv[2]} == "es";
  if (sender.empty() || sender == "akua") akua();
  if (sender.empty() || sender == "kuenta") plain_text<sello::kuenta::verifier>();
  if (sender.empty() || sender == "gu1") plain_text<sello::gu1::verifier>();
}
