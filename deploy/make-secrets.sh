#!/bin/sh
# Makes the secrets that compose.yaml hands out, in the folder `secrets` beside this file. What is there already stays as it is; empty files are what an interrupted run left.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets
cd secrets

random() {
  head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n'
}

[ -s secret.key ] || random > secret.key
[ -s postgres.password ] || random > postgres.password
[ -s postgres.url ] || printf 'postgres://skills:%s@postgres:5432/skills' "$(cat postgres.password)" > postgres.url
[ -s metrics.token ] || random > metrics.token
[ -s s3.key ] || random > s3.key
[ -s s3.identities ] || cat > s3.identities <<END
{
  "identities": [
    {
      "name": "skills",
      "credentials": [{ "accessKey": "skills", "secretKey": "$(cat s3.key)" }],
      "actions": ["Read:skills", "Write:skills", "List:skills", "Tagging:skills"]
    }
  ]
}
END
