# Makes batch-tasks.csv, the trace of scenarios/trace.toml: awk -f batch-tasks.awk > batch-tasks.csv
#
# An invented working day: few tasks at night, many from nine to five, in four sizes. The numbers come from a generator
# of its own (Lehmer, modulus 2^31 - 1), so every awk writes the same file.
function chance() { state = (state * 16807) % 2147483647; return state / 2147483647 }
BEGIN {
    state = 20260101
    split("thumbnail report encode train", names)
    split("0.25 0.5 2 6", vcpus)
    split("0.5 2 4 24", gigabytes)
    split("60 300 900 3600", seconds)
    split("0.55 0.85 0.97 1", shares)
    print "task,submitted_s,runtime_s,vcpu,memory_gb"
    for (t = 0; t < 86400;) {
        hour = t / 3600
        perHour = (hour >= 9 && hour < 17) ? 160 : 12
        t += -log(chance()) * 3600 / perHour
        if (t >= 86400) break
        u = chance()
        for (kind = 1; u > shares[kind]; kind++);
        run = seconds[kind] * (0.4 + 1.2 * chance())
        printf "%s,%.1f,%.1f,%s,%s\n", names[kind], t, run, vcpus[kind], gigabytes[kind]
    }
}
