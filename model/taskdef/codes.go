package taskdef

// The codes of problems. They are stable: documentation and scripts refer to them. E101 to E109 belong to the reader
// of JSON files (workload/taskjson).
const (
	CodeName       = "E110"
	CodeContainers = "E111"
	CodeSameName   = "E112"
	CodeEssential  = "E113"
	CodeFargate    = "E114"
	CodeMemory     = "E115"
	CodeTaskSum    = "E116"
	CodeTaskSize   = "E117"
	CodeMode       = "E118"
	CodePort       = "E119"
	CodeHostPort   = "E120"
	CodeModePorts  = "E121"
	CodePortTwice  = "E122"
	CodeHostTwice  = "E123"
	CodeRange      = "E124"
	CodeNotFargate = "E125"
	CodeStorage    = "E126"
	CodeConstraint = "E127"
	CodeNegative   = "E128"
	CodeLinks      = "E129"
	CodeDependsOn  = "E130"
	CodeCircle     = "E131"
	CodeHealth     = "E132"
	CodeRestart    = "E133"
	CodeTimeout    = "E134"
	CodeProtocols  = "W122"
)

// Codes returns the meaning of every code of a Problem, one line each.
func Codes() map[string]string {
	return map[string]string{
		CodeName:       "a family or container name is missing, longer than 255, or has other characters than letters, digits, - and _",
		CodeContainers: "a task definition has 1 to 10 containers",
		CodeSameName:   "two containers of a task have the same name",
		CodeEssential:  "no container is essential",
		CodeFargate:    "Fargate needs task-level cpu and memory, and only certain pairs exist",
		CodeMemory:     "a container's memory or memoryReservation is missing, below 6 MiB, or soft above hard",
		CodeTaskSum:    "a container, or the sum of all, is above the task-level cpu or memory",
		CodeTaskSize:   "task-level cpu on EC2 is 128 to 196608 units",
		CodeMode:       "the network mode does not exist on this launch type or operating system",
		CodePort:       "a port mapping has no port, or one outside 1 to 65535",
		CodeHostPort:   "in host and awsvpc mode hostPort is absent or equal to containerPort",
		CodeModePorts:  "the network mode allows no port mappings, or no ranges",
		CodePortTwice:  "a container port appears in two mappings of one container",
		CodeHostTwice:  "two mappings of one task want the same host port",
		CodeRange:      "a containerPortRange breaks a rule: first < last, no hostPort, no overlap, at most 100",
		CodeNotFargate: "the definition uses something that Fargate does not have",
		CodeStorage:    "ephemeral storage on Fargate is 20 to 200 GiB",
		CodeConstraint: "a task has at most 10 placement constraints, each an expression of at most 2000 characters",
		CodeNegative:   "a size or count is negative",
		CodeLinks:      "links exist in bridge mode only",
		CodeDependsOn:  "a dependsOn names no other container of the task, or a condition that it cannot reach",
		CodeCircle:     "containers depend on each other in a circle",
		CodeHealth:     "a health check has interval 5 to 300 s, timeout 2 to 60 s, 1 to 10 retries, startPeriod 0 to 300 s",
		CodeRestart:    "a restart policy has restartAttemptPeriod 60 to 1800 s and at most 50 ignored exit codes",
		CodeTimeout:    "startTimeout and stopTimeout on Fargate are 2 to 120 s",
		CodeProtocols:  "a container port is mapped for tcp and udp: it registers, but a service cannot put it behind a load balancer",
	}
}
