# SPDX-License-Identifier: MIT
"""Conan 2 recipe of sello: of a release, or, where conandata.yml names none, of the checkout that it lies in."""

import os

from conan import ConanFile
from conan.errors import ConanException
from conan.tools.build import check_min_cppstd
from conan.tools.files import copy, get, load
from conan.tools.layout import basic_layout

required_conan_version = ">=2.0"


class SelloConan(ConanFile):
    name = "sello"
    version = "0.1.0"
    description = "Webhook deliveries, verified and decoded into typed events"
    license = "MIT"
    homepage = "https://github.com/@REPOSITORY@"
    url = homepage
    topics = ("webhook", "hmac", "svix", "standard-webhooks", "header-only")
    package_type = "header-library"
    settings = "os", "arch", "compiler", "build_type"
    no_copy_source = True

    @property
    def _release(self):
        return (self.conan_data or {}).get("sources", {}).get(self.version)

    def export_sources(self):
        if self._release:
            return
        root = os.path.join(self.recipe_folder, "..", "..", "..")
        version = load(self, os.path.join(root, "include", "sello", "version.hpp"))
        if f'SELLO_VERSION_STRING "{self.version}"' not in version:
            raise ConanException("the recipe's version is not that of include/sello/version.hpp")
        copy(self, "LICENSE", root, self.export_sources_folder)
        copy(self, "*.hpp", os.path.join(root, "include"), os.path.join(self.export_sources_folder, "include"))

    def source(self):
        if self._release:
            get(self, **self._release, strip_root=True)

    def layout(self):
        basic_layout(self)

    def requirements(self):
        self.requires("openssl/[>=3.0 <4]", transitive_headers=True)
        self.requires("nlohmann_json/[>=3.11 <4]", transitive_headers=True)

    def validate(self):
        check_min_cppstd(self, 20)

    def package_id(self):
        self.info.clear()

    def package(self):
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))
        copy(self, "*.hpp", os.path.join(self.source_folder, "include"), os.path.join(self.package_folder, "include"))

    def package_info(self):
        self.cpp_info.set_property("cmake_file_name", "sello")
        self.cpp_info.set_property("cmake_target_name", "sello::sello")
        self.cpp_info.set_property("pkg_config_name", "sello")
        self.cpp_info.bindirs = []
        self.cpp_info.libdirs = []
        self.cpp_info.requires = ["openssl::crypto", "nlohmann_json::nlohmann_json"]
