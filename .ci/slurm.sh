# Slurm on one machine, for the tests named TestSlurm: sourced by .ci/run. It installs what is missing if it may, starts
# three daemons in a scratch folder, exports SLURM_CONF, and leaves their numbers in slurm_pids.
slurm_pids=()

slurm_start() { # slurm_start FOLDER; fails with a message
  local r=$1 host
  host=$(hostname -s)
  if ! command -v slurmctld >/dev/null || ! command -v munged >/dev/null; then
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || { echo "no Slurm, and nobody to install it"; return 1; }
    { apt-get update && apt-get install -y --no-install-recommends slurm-wlm munge; } >"$r.apt" 2>&1 </dev/null ||
      { tail -n 5 "$r.apt"; return 1; }
  fi
  mkdir -p "$r/run" "$r/log" "$r/state" "$r/spool"
  chmod 755 "$r" "$r/run"
  head -c 128 /dev/urandom >"$r/munge.key"
  chmod 600 "$r/munge.key"
  munged --foreground --force --key-file="$r/munge.key" --socket="$r/run/munge.sock" --pid-file="$r/run/munged.pid" \
    --log-file="$r/log/munged.log" --seed-file="$r/run/seed" >"$r/log/munged.out" 2>&1 &
  slurm_pids+=($!)
  cat >"$r/slurm.conf" <<CONF
ClusterName=ci
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmctldPort=16817
SlurmdPort=16818
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=$r/run/munge.sock
StateSaveLocation=$r/state
SlurmdSpoolDir=$r/spool
SlurmctldPidFile=$r/run/ctld.pid
SlurmdPidFile=$r/run/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=2,batch_sched_delay=0
MinJobAge=10
MailProg=/bin/true
ReturnToService=2
SwitchType=switch/none
MpiDefault=none
NodeName=$host NodeAddr=127.0.0.1 CPUs=2 RealMemory=1000 State=UNKNOWN
PartitionName=main Nodes=$host Default=YES MaxTime=10 State=UP
CONF
  export SLURM_CONF=$r/slurm.conf
  local tries=0
  until [ -S "$r/run/munge.sock" ] || [ $((tries += 1)) -gt 50 ]; do sleep 0.1; done
  slurmctld -D -f "$SLURM_CONF" >"$r/log/ctld.out" 2>&1 &
  slurm_pids+=($!)
  sleep 1
  slurmd -D -f "$SLURM_CONF" -N "$host" >"$r/log/slurmd.out" 2>&1 &
  slurm_pids+=($!)
  tries=0
  until [ "$(sinfo -h -o %t 2>/dev/null)" = idle ]; do
    [ $((tries += 1)) -le 60 ] || { tail -n 5 "$r"/log/*; return 1; }
    sleep 0.5
  done
}

slurm_stop() {
  for pid in "${slurm_pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${slurm_pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  slurm_pids=()
}
