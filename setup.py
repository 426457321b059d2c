"""Packaging from `settings.ini`, nbdev's classic way: every fact about the project stands there, once."""
from configparser import ConfigParser
from pathlib import Path

from setuptools import find_packages, setup

parser = ConfigParser(delimiters=["="])
parser.read("settings.ini", encoding="utf-8")
cfg = parser["DEFAULT"]

extras = {name.removesuffix("_requirements"): cfg[name].split() for name in cfg if name.endswith("_requirements")}
status = {"3": "3 - Alpha", "4": "4 - Beta", "5": "5 - Production/Stable"}[cfg["status"]]

setup(
    name=cfg["lib_name"], version=cfg["version"], description=cfg["description"],
    long_description=Path("README.md").read_text(encoding="utf-8"), long_description_content_type="text/markdown",
    author=cfg["author"], author_email=cfg["author_email"], url=cfg["git_url"], keywords=cfg["keywords"],
    project_urls={"Source": cfg["git_url"], "Documentation": cfg["doc_host"] + cfg["doc_baseurl"]},
    license_expression={"apache2": "Apache-2.0"}[cfg["license"]], license_files=["LICENSE"],
    packages=find_packages(include=[cfg["lib_name"], f"{cfg['lib_name']}.*"]),
    package_data={cfg["lib_name"]: ["py.typed", "bundled/*", "fonts/*", "assets/*"]},
    python_requires=f">={cfg['min_python']}",
    install_requires=cfg["requirements"].split(), extras_require=extras,
    entry_points={
        "console_scripts": cfg["console_scripts"].split(),
        "nbdev": [f"{cfg['lib_name']}={cfg['lib_name']}._modidx:d"],
    },
    classifiers=[
        f"Development Status :: {status}", f"Intended Audience :: {cfg['audience']}",
        f"Natural Language :: {cfg['language']}", "Framework :: Jupyter",
        *[f"Programming Language :: Python :: {v}" for v in ("3.11", "3.12", "3.13")],
        "Topic :: Scientific/Engineering :: Artificial Intelligence",
    ],
    zip_safe=False,
)
