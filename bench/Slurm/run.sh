#!/usr/bin/env bash
# A divided run on a real Slurm on this machine: a controller and two nodes from Debian's packages, started here and gone at the end. Submits part.sbatch as an array and merge.sbatch behind it,
# says where each task ran, and compares the merged file with that of one run.
# usage: bench/Slurm/run.sh [CHECKPOINT] [PARTS] [OPTION...]     (default: the sample checkpoint, 3 parts; options go to 'moequant quantize')
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
checkpoint="$(realpath "${1:-$root/sample-app/models/tiny-olmoe}")"
parts="${2:-3}"
shift $(($# < 2 ? $# : 2))
options="$*"

PATH="$PATH:/usr/sbin"
for program in munged slurmctld slurmd sbatch; do
  command -v "$program" >/dev/null || { echo "Slurm is not installed: there is no $program. On Debian: apt-get install slurm-wlm munge" >&2; exit 2; }
done

work="$(mktemp -d)"
daemons=()
clean_up() {
  status=$?
  [ "$status" -eq 0 ] || tail -n 5 "$work"/log/*.log "$work"/packed/*.log >&2 2>/dev/null || true
  scancel --user="$(id -un)" 2>/dev/null || true
  for ((i = ${#daemons[@]} - 1; i >= 0; i--)); do
    kill "${daemons[i]}" 2>/dev/null || true
    wait "${daemons[i]}" 2>/dev/null || true
  done
  rm -rf "$work"
}
trap clean_up EXIT

# The daemons refuse folders that others could write to, and a socket that others could not reach.
chmod 755 "$work"
mkdir -p "$work"/{bin,log,run,state,spool,packed}
dotnet build "$root/src/Quantizer" -c Release >/dev/null
printf '#!/bin/sh\nexec dotnet "%s" "$@"\n' "$root/artifacts/bin/Quantizer/release/moequant.dll" > "$work/bin/moequant"
chmod +x "$work/bin/moequant"
export PATH="$work/bin:$PATH" SLURM_CONF="$work/slurm.conf"

host="$(hostname -s)"
port=$((20000 + $$ % 20000))
cat > "$work/slurm.conf" <<EOF
ClusterName=moequant
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=$work/run/munge.socket
StateSaveLocation=$work/state
SlurmctldPidFile=$work/run/slurmctld.pid
SlurmctldLogFile=$work/log/slurmctld.log
SlurmdSpoolDir=$work/spool/%n
SlurmdPidFile=$work/run/%n.pid
SlurmdLogFile=$work/log/%n.log
# No control groups and no accounting: this has to run in a container too.
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
# Both nodes are this machine, which has more or fewer processors than the two that they claim.
SlurmdParameters=config_overrides
ReturnToService=2
SchedulerParameters=sched_interval=2,batch_sched_delay=0
NodeName=node[1-2] NodeHostname=$host NodeAddr=127.0.0.1 Port=[$((port + 1))-$((port + 2))] CPUs=1 RealMemory=1024 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES State=UP
EOF
echo "CgroupAutomount=no" > "$work/cgroup.conf"

(umask 077 && head -c 1024 /dev/urandom > "$work/run/munge.key")
munged --foreground --force --key-file="$work/run/munge.key" --socket="$work/run/munge.socket" --pid-file="$work/run/munged.pid" --log-file="$work/log/munged.log" \
  --seed-file="$work/run/munged.seed" > "$work/log/munged.out.log" 2>&1 & daemons+=($!)
until [ -S "$work/run/munge.socket" ]; do kill -0 "${daemons[0]}"; sleep 0.2; done
slurmctld -D -f "$SLURM_CONF" > "$work/log/slurmctld.out.log" 2>&1 & daemons+=($!)
for node in node1 node2; do
  slurmd -D -N "$node" -f "$SLURM_CONF" > "$work/log/$node.out.log" 2>&1 & daemons+=($!)
done
for ((i = 0; i < 60; i++)); do
  [ "$(sinfo --noheader --states=idle --format=%D 2>/dev/null | awk '{ n += $1 } END { print n + 0 }')" = 2 ] && break
  sleep 1
done
sinfo --Node --format="%N %c %m %t"

export CHECKPOINT="$checkpoint" FOLDER="$work/packed" PARTS="$parts" OPTIONS="$options"
cd "$work/packed"
array="$(sbatch --parsable --array="1-$parts" --cpus-per-task=1 "$root/bench/Slurm/part.sbatch")"
sbatch --wait --dependency="afterok:$array" --kill-on-invalid-dep=yes "$root/bench/Slurm/merge.sbatch"
cat part-*.log merge.log

# shellcheck disable=SC2086  # options are words
moequant quantize "$checkpoint" --output "$work/packed/whole.moeq" $options >/dev/null
echo "tasks ran on: $(sed -n 's/^part .* on //p' part-*.log | sort | uniq -c | awk '{ printf "%s%s x %s", sep, $2, $1; sep = ", " }')"
sha256sum model.moeq whole.moeq
cmp model.moeq whole.moeq
echo "The merged file of $parts parts is the file of one run."
