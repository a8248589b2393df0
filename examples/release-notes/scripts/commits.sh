#!/bin/sh
# Lists the subjects of the commits between two revisions, oldest first: commits.sh v1.0.0 v1.1.0
set -eu
git log --reverse --no-merges --format='%s' "$1..${2:-HEAD}"
