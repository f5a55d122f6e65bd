#!/bin/sh
# Makes a merge conflict in README.md on two branches to throw away, and takes both away again.
set -eu

mine=practice-mine
theirs=practice-theirs

stop() {
    echo "error: $1" >&2
    exit 1
}

# Change the title in README.md on a new branch, as somebody would in a pull request.
retitle() {
    git switch --quiet --create "$1" "$2"
    sed "1s/.*/# $3/" README.md >README.md.new
    mv README.md.new README.md
    git commit --quiet --no-verify --all --message "docs: call the project $3"
}

start() {
    test -z "$(git status --porcelain)" || stop "commit or stash first: files are changed"
    ! git rev-parse --quiet --verify "$mine" >/dev/null || stop "undo the last one first: just practice-undo"
    from=$(git symbolic-ref --quiet --short HEAD) || stop "go to a branch first: git switch main"
    git config practice.from "$from"
    retitle "$theirs" "$from" "Punctual planes"
    retitle "$mine" "$from" "Flights on time"
    git merge "$theirs" || true
    echo
    echo "Both branches changed the title in README.md. Choose one there, then"
    echo "    git add README.md && git commit"
    echo "and look at \`git log --graph --oneline\`. \`just practice-undo\` takes it all away."
}

undo() {
    from=$(git config practice.from) || stop "there is nothing to undo"
    # a merge elsewhere is not of the practice
    test "$(git symbolic-ref --quiet --short HEAD)" != "$mine" || git merge --abort 2>/dev/null || true
    test -z "$(git status --porcelain)" || stop "commit or stash first: files are changed"
    git switch --quiet "$from"
    git branch --quiet --delete --force "$mine" "$theirs"
    git config --unset practice.from
    echo "You are on $from, as before."
}

"$1"
