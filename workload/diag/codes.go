package diag

// Codes are the codes of this program's readers with their meaning, one line each; they never change meaning. Those of
// task definitions (E101 to E129, W102 …) are listed by package taskjson, beside the rules.
func Codes() map[string]string {
	codes := map[string]string{}
	for _, group := range []map[string]string{readingCodes, keyCodes, valueCodes, traceCodes, warningCodes} {
		for code, meaning := range group {
			codes[code] = meaning
		}
	}
	return codes
}

var readingCodes = map[string]string{
	"E001": "a file does not exist or cannot be read",
	"E002": "a directory stands where a file is expected",
	"E003": "a file is empty or far too large",
	"E004": "a file is not UTF-8 text",
	"E005": "a file is not TOML",
	"E006": "a key or a table is written twice in one file",
	"E007": "an array of tables stands where tables have names",
	"E008": "`extends` goes in a circle",
	"E009": "the two TOML parsers do not agree on what a file means",
	"E010": "a --set PATH=VALUE cannot be read or does not fit the scenario",
}

var keyCodes = map[string]string{
	"E021": "a key is unknown here",
	"E022": "a required key is missing",
	"E023": "two keys or values exclude one another",
	"E024": "a key belongs to a part of ecssim that is not built yet",
	"E025": "the version of the scenario format is missing or unknown",
	"E026": "a name is empty, too long, reserved or has characters that names do not have",
}

var valueCodes = map[string]string{
	"E031": "a value has the wrong type",
	"E032": "a number is not finite or out of range, or a list is empty",
	"E033": "a word is none of those that are allowed",
	"E034": "a duration, time, rate or size cannot be read",
	"E035": "the parameters of a distribution do not determine it",
	"E036": "something is named that the scenario does not define",
	"E037": "a CIDR block is malformed, or not one that AWS allows for a subnet",
	"E038": "two subnets overlap",
	"E039": "arrivals, failures or retries would never let time pass",
	"E041": "an instance type is not in the catalog",
	"E042": "an expression of the cluster query language cannot be read",
	"E043": "a list or text is longer than ECS allows",
	"E044": "a key has no meaning on Fargate",
	"E045": "a task definition is registered for another launch type",
	"E046": "an override of the catalog is impossible",
	"E047": "a key does not go with the network mode",
	"E048": "the scenario would never end",
	"E064": "the steps of a step scaling policy leave a gap, overlap, or end too early",
	"E065": "a cron or rate expression cannot be read",
	"E066": "an expectation cannot be read, or names something that the scenario does not have",
	"E062": "a target group does not go with the task: its target type, container or port, or its load balancer",
}

var traceCodes = map[string]string{
	"E200": "a trace cannot be opened or read",
	"E201": "the gzip data of a trace are damaged or end early",
	"E202": "a trace is empty",
	"E203": "a trace has a header and no rows",
	"E204": "a trace has no such column",
	"E205": "a column that is used stands twice in the header",
	"E206": "a row has more or fewer fields than the header",
	"E207": "quotes in a trace do not pair",
	"E208": "a trace is not UTF-8 text",
	"E209": "a cell is empty",
	"E210": "a cell is not a number, or not a time",
	"E211": "a cell is below zero",
	"E212": "a cell is larger than anything sensible",
	"E213": "a task ends before it arrives",
	"E214": "a trace mixes numbers and timestamps",
	"E215": "a cell is not a whole number",
	"E216": "what the scenario says about a trace is contradictory",
	"E217": "a trace, or one row of it, is larger than what is read",
	"E218": "a trace has more problems than are shown",
	"E219": "the times of a trace look like Unix times",
	"E220": "the rows of a load curve go backwards in time",
	"E221": "rows of a load curve are missing",
	"E222": "two rows of a load curve have the same time",
	"E223": "a load curve has a single row",
}

var warningCodes = map[string]string{
	"W202": "more tasks with a static host port than instances",
	"W203": "a task is larger than every instance, a DAEMON task than some, or a task than what its capacity provider reckons with",
	"W204": "more awsvpc tasks than task ENIs",
	"W205": "more Fargate vCPUs than the quota of a new AWS account",
	"W206": "more awsvpc tasks than free addresses in their subnets",
	"W207": "tasks for EC2, and no container instances",
	"W208": "an expression of the cluster query language means something else than it seems to",
	"W209": "no prices are known for the region",
	"W210": "a service or job starts, or a fault strikes, after the end of the scenario",
	"W211": "a load balancer does not fit into a subnet",
	"W212": "an Application Load Balancer in a single zone",
	"W213": "more pulls at once than a registry grants",
	"W221": "a rolling update may neither stop nor start a task",
	"W222": "a deployment wants more addresses than the subnets have",
	"W223": "a deployment wants host ports that the old tasks hold on every instance",
	"W224": "a setting is without effect",
	"W230": "a desired count is outside of what scaling allows",
	"W231": "two scaling policies work against one another",
	"W232": "a cooldown ends before the tasks of the last scaling action are there",
	"W240": "a load ends before the scenario does",
	"W241": "a load is more than all tasks of its service can serve",
}
