# For the benchmarks beside this: a broker, a gateway and devices in a scratch directory, all of which end with the script.
# Sourced with `bin` set to where the programs are.
PATH="$PATH:/usr/sbin"
scratch="$(mktemp -d)"
broker_pid='' gateway_pid=''
trap 'for pid in $broker_pid $gateway_pid; do kill "$pid" 2>/dev/null || true; done; wait; rm -rf "$scratch"' EXIT
mkdir -m 700 "$scratch/devices.d" "$scratch/state"

# A port that was free a moment ago.
free_port() { python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])'; }

now() { date +%s.%N; }
elapsed() { awk "BEGIN { print $(now) - $1 }"; }
rate() { awk "BEGIN { print $1 / $2 }"; }
ratio() { awk "BEGIN { print $1 / $2 }"; }
ms() { awk "BEGIN { print $1 / 1000 }"; }
met() { awk "BEGIN { print ($1) ? \"met\" : \"missed\" }"; }

make_keys() {
  local number
  for ((number = 0; number < $1; number++)); do echo "dev-$number:$(openssl rand -hex 16)"; done >"$scratch/devices.d/fleet.psk"
  chmod 600 "$scratch/devices.d/fleet.psk"
}

broker_port="$(free_port)"
start_broker() {
  printf 'listener %s 127.0.0.1\nallow_anonymous true\nlog_type none\nmax_queued_messages 0\nuser %s\n' \
    "$broker_port" "$(id -un)" >"$scratch/mosquitto.conf"
  mosquitto -c "$scratch/mosquitto.conf" &
  broker_pid=$!
}

stop_broker() {
  kill "$broker_pid"
  wait "$broker_pid" || true
  broker_pid=''
}

start_gateway() {
  gateway_port="$(free_port)"
  "$bin/gatewayd" --listen "127.0.0.1:$gateway_port" --devices "$scratch/devices.d" --state "$scratch/state" --node bench \
    --broker "mqtt://127.0.0.1:$broker_port" 2>"$scratch/gateway.log" &
  gateway_pid=$!
  until grep -q 'listening address' "$scratch/gateway.log"; do
    kill -0 "$gateway_pid" || { cat "$scratch/gateway.log" >&2 && exit 1; }
    sleep 0.1
  done
}

status() { "$bin/gwctl" status --json --control "$scratch/state/control.sock"; }
