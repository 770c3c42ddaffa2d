// SPDX-License-Identifier: MIT
// Prints the events that sello knows, as a table in Markdown, from the catalogs. The README shows what it prints.
#include <iostream>

#include <sello/sello.hpp>

namespace {

/// One row for the events that share their data, which stand together in a catalog.
template <class Provider>
void print_events() {
  const void* shown = nullptr;
  Provider::catalog::for_each([&]<class Event>() {
    if (shown == &Event::fields) {
      std::cout << ", `" << Event::type << '`';
      return;
    }
    shown = &Event::fields;
    std::cout << " |\n| " << Provider::name << " | ";
    const char* separator = "";
    for (const auto& field : Event::fields) {
      const char* mark = field.type->optional ? "" : "**";
      std::cout << separator << mark << '`' << field.key << '`' << mark;
      if (!field.fallback.empty()) std::cout << " or " << mark << '`' << field.fallback << '`' << mark;
      separator = ", ";
    }
    std::cout << " | `" << Event::type << '`';
  });
}

}  // namespace

int main() {
  std::cout << "| Sender | Keys of the data | Events |\n| --- | --- | ---";
  print_events<sello::kuenta::provider>();
  print_events<sello::akua::provider>();
  print_events<sello::gu1::provider>();
  std::cout << " |\n";
}
