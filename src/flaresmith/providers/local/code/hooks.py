"""The hook that guards protected branches against what is pushed."""

from __future__ import annotations

UPDATE = """\
#!/bin/sh
# Runs once for each ref that is pushed: $1 is its name, $2 the old and $3 the new commit.
# Names come from outside: they are compared as text, never evaluated.
ref=$1
new=$3

refuse() {
    printf 'flaresmith: %s\\n' "$1" >&2
    exit 1
}

case $ref in
    refs/heads/*) branch=${ref#refs/heads/} ;;
    refs/tags/*) exit 0 ;;
    *) refuse 'only branches and tags can be pushed' ;;
esac

protected=$(git config --file config --get-all flaresmith.protected)
[ $? -le 1 ] || refuse 'the rules of this repository cannot be read'
printf '%s\\n' "$protected" | grep -Fqx -e "$branch" || exit 0

case $new in
    *[!0]*) refuse 'this branch is protected: push to dev and promote, it is not changed by a direct push' ;;
    *) refuse 'this branch is protected: it cannot be deleted' ;;
esac
"""
