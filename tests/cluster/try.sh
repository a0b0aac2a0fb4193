#!/bin/sh
# tests/cluster/try.sh [GRADE-OPTION…]: grades a small class with grading/cluster/ on engines that it starts itself, all
# on the loopback: GNU parallel with two hosts over ssh, stopped in the middle and given again; and a Slurm of one node.
# The options are those of ./lab grade one, --practice if there are none. As root, on Debian, with
#   apt-get install parallel openssh-server openssh-client slurmctld slurmd slurm-client munge
# Ends with 0 only if both engines wrote the very results that ./lab grade one writes by itself.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
[ $# -gt 0 ] || set -- --practice
work=$(mktemp -d)
chmod 755 "$work"
trap 'stop' EXIT
trap 'exit 1' INT TERM

stop() {
  for pid in "$work"/*.pid; do
    [ ! -f "$pid" ] || kill "$(cat "$pid")" 2>/dev/null || :
  done
  rm -rf "$work"
}

fail() {
  echo "try.sh: $*" >&2
  exit 1
}

# Names that a shell would take apart, a class of right, unwritten and wrong code.
make_class() {
  mkdir -p "$work/class/all right; done" "$work/class/untouched" "$work/class/half \$HOME"
  cp -R "$root/solutions" "$work/class/all right; done/labs"
  cp -R "$root/testing/stubs" "$work/class/untouched/labs"
  cp -R "$root/testing/stubs" "$work/class/half \$HOME/labs"
  cp "$root/solutions/step0_operators/operators.cpp" "$work/class/half \$HOME/labs/step0_operators/"
  echo 'no archive' >"$work/class/damaged.zip"
}

# compare WITH OUT: the same results under the same names, whatever made them.
compare() {
  for result in "$work/expected"/*.json; do
    other=$2/results/${result##*/}
    [ -f "$other" ] || fail "$1 left out ${result##*/}"
    [ "$(verdict "$result")" = "$(verdict "$other")" ] || fail "$1 grades ${result##*/} otherwise"
  done
  echo "$1: $(find "$2/results" -name '*.json' | wc -l) results, as ./lab grade one writes them"
}

verdict() { python3 -c 'import json, sys; r = json.load(open(sys.argv[1])); print(r["status"], r["score"], r["reason"])' "$1"; }

start_ssh() {
  mkdir -p /run/sshd
  ssh-keygen -q -t ed25519 -N '' -f "$work/key"
  for number in 1 2; do
    cat >"$work/sshd$number.conf" <<END
ListenAddress 127.0.0.$number:2200
HostKey $work/key
AuthorizedKeysFile $work/key.pub
PidFile $work/sshd$number.pid
StrictModes no
PermitRootLogin prohibit-password
END
    "$(command -v sshd || echo /usr/sbin/sshd)" -f "$work/sshd$number.conf"
    printf 'Host node%s\nHostName 127.0.0.%s\n' $number $number
  done >"$work/ssh.conf"
  cat >>"$work/ssh.conf" <<END
Host *
Port 2200
User root
IdentityFile $work/key
StrictHostKeyChecking no
UserKnownHostsFile /dev/null
LogLevel ERROR
END
}

start_slurm() {
  mkdir "$work/munge" "$work/state" "$work/spool"
  head -c 1024 /dev/urandom >"$work/munge/key"
  chmod 600 "$work/munge/key"
  munged --force --key-file="$work/munge/key" --socket="$work/munge/socket" --seed-file="$work/munge/seed" \
    --pid-file="$work/munged.pid" --log-file="$work/munge/log" 2>/dev/null
  cat >"$work/slurm.conf" <<END
ClusterName=loopback
SlurmctldHost=$(hostname)(127.0.0.1)
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
AuthType=auth/munge
AuthInfo=socket=$work/munge/socket
CredType=cred/munge
SlurmUser=root
SlurmctldPort=16817
SlurmdPort=16818
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MpiDefault=none
ReturnToService=2
NodeName=$(hostname) NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES State=UP
END
  SLURM_CONF=$work/slurm.conf
  export SLURM_CONF
  slurmctld -L "$work/slurmctld.log"
  slurmd -L "$work/slurmd.log"
}

make_class
for submission in "$work/class"/*; do
  "$root/lab" grade one "$submission" --out "$work/expected" "$@"
done

start_ssh
LAB_HOSTS="1/ssh -F $work/ssh.conf node1,1/ssh -F $work/ssh.conf node2"
export LAB_HOSTS
"$root/grading/cluster/parallel.sh" "$work/class" "$work/parallel" "$@" &
until [ -n "$(find "$work/parallel/results" -name '*.json' 2>/dev/null)" ]; do sleep 0.1; done
kill -9 $!
wait $! 2>/dev/null || :
"$root/grading/cluster/parallel.sh" "$work/class" "$work/parallel" "$@"
compare "GNU parallel, two hosts, stopped once" "$work/parallel"

start_slurm
LAB_TASKS=3  # fewer than submissions, so one takes two
export LAB_TASKS
"$root/grading/cluster/slurm.sh" "$work/class" "$work/slurm" "$@"
while [ -n "$(squeue --noheader)" ]; do sleep 1; done
compare "Slurm, one node" "$work/slurm"
