package main

import (
	"bytes"
	"os"
	"strconv"
	"time"
)

// tick is the unit that Linux tells processor time in, whatever the kernel's own.
const tick = 10 * time.Millisecond

// cpu is the processor time that servers have used so far, kernel included; 0 where the system does not tell it as Linux does.
// Unlike the rate it depends little on what else the machine does.
func cpu(servers []*running) (sum time.Duration) {
	for _, p := range servers {
		b, err := os.ReadFile("/proc/" + strconv.Itoa(p.cmd.Process.Pid) + "/stat")
		if err != nil {
			return 0
		}
		const user, system = 11, 12 // counted behind the name, which stands in brackets
		fields := bytes.Fields(b[bytes.LastIndexByte(b, ')')+1:])
		if len(fields) <= system {
			return 0
		}
		for _, i := range []int{user, system} {
			n, err := strconv.ParseInt(string(fields[i]), 10, 64)
			if err != nil {
				return 0
			}
			sum += time.Duration(n) * tick
		}
	}
	return sum
}
