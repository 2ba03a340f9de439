"""Builds the Python package with the same CMake project as everything else.

What can be said in pyproject.toml is said there.
"""

import re
import subprocess
import sys
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

ROOT = Path(__file__).resolve().parent


def version() -> str:
    found = re.search(
        r"^project\(moyeo VERSION ([0-9.]+)", (ROOT / "CMakeLists.txt").read_text(), re.MULTILINE
    )
    if found is None:
        raise RuntimeError("CMakeLists.txt names no version")
    return found.group(1)


class BuildByCMake(build_ext):
    """The extension module is a target of CMakeLists.txt."""

    def build_extension(self, ext: Extension) -> None:
        build = Path(self.build_temp).resolve()
        module = Path(self.get_ext_fullpath(ext.name)).resolve()
        # Not with the paths of the last time: pip's environments for building come and go.
        configure = [
            "cmake", "--fresh", "-S", str(ROOT), "-B", str(build), "-G", "Ninja",
            "-DCMAKE_BUILD_TYPE=Release",
            f"-DCMAKE_LIBRARY_OUTPUT_DIRECTORY={module.parent}",
            f"-DPython_EXECUTABLE={sys.executable}",
            f"-Dpybind11_DIR={pybind11_directory()}",
            "-DMOYEO_BUILD_PYTHON=ON",
            "-DMOYEO_BUILD_TESTS=OFF",
            "-DMOYEO_BUILD_BENCHMARKS=OFF",
            "-DMOYEO_BUILD_EXAMPLES=OFF",
            "-DMOYEO_BUILD_TOOLS=OFF",
            "-DMOYEO_INSTALL=OFF",
        ]  # fmt: skip
        compile = ["cmake", "--build", str(build), "--target", "moyeo_python_core"]
        subprocess.run(configure, check=True)
        subprocess.run(compile, check=True)


def pybind11_directory() -> str:
    """Where the pybind11 that pyproject.toml asks for has its CMake package."""
    import pybind11

    return pybind11.get_cmake_dir()


def numpy() -> str:
    """What the module works with. Built with a pybind11 before 2.12, it does not with NumPy 2."""
    import pybind11

    return "numpy>=1.24" if pybind11.version_info >= (2, 12) else "numpy>=1.24,<2"


setup(
    version=version(),
    install_requires=[numpy()],
    ext_modules=[Extension("moyeo._core", sources=[])],
    cmdclass={"build_ext": BuildByCMake},
)
