#!/bin/sh
# Says how many rows each table in data/raw has.
set -eu

for table in data/raw/*.csv; do
    rows=$(($(wc -l <"$table") - 1))
    echo "$table: $rows rows"
done
