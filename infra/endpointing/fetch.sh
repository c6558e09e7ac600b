#!/bin/sh
# Fetches the recordings that the weights are fitted to (sources.ts says which) into the folder given.
set -eu
mkdir -p "$1" && cd "$1"
mkdir -p ami prompts sphinx new
# Its build wants an older setuptools; nothing of it is run but that.
echo 'setuptools<70' > new/constraints.txt
PIP_CONSTRAINT="$PWD/new/constraints.txt" pip download --quiet --no-deps --no-binary :all: --dest new pyannote.audio==3.1.1
tar xzf new/pyannote*.tar.gz -C ami --strip-components=3 --wildcards '*/tests/data/*.wav' '*/tests/data/*.rttm'
(cd new && apt-get download asterisk-core-sounds-en-g722 asterisk-core-sounds-en pocketsphinx-testdata)
for package in new/*.deb; do dpkg-deb -x "$package" new/files; done
cp -r new/files/usr/share/asterisk/sounds/en_US_f_Allison/. prompts/
gunzip -c new/files/usr/share/doc/asterisk-core-sounds-en/core-sounds-en.txt.gz > prompts/core-sounds-en.txt
cp -r new/files/usr/share/pocketsphinx/test/data/. sphinx/
rm -r new
