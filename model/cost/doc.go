// Package cost turns use into money: what EC2 and Fargate bill for a span of time, and a ledger that adds it up.
//
// It is handed rates (package catalog) and durations, and returns Items; it reads no clock and keeps no state outside
// a Ledger. Prices are list prices in USD without tax. A price that nobody knows makes an Item with Known = false: its
// quantity counts, its USD is 0, and every total above it is "at least".
//
// Rules, with their sources:
//   - EC2 Linux On-Demand bills per second, at least 60 s each time an instance runs (AWS EC2 pricing page).
//   - Fargate bills the requested, not the used, vCPU and memory per second, rounded up, from the start of the image
//     pull until the task stops; at least one minute on Linux, five on Windows (AWS Fargate pricing page; ECS developer
//     guide). Windows adds a licence per vCPU.
//   - Fargate ephemeral storage is billed above the first 20 GiB. The price list says GB, task definitions MiB and GiB;
//     a GB is taken as 2^30 bytes, so that 8192 MiB of memory are 8 GB.
//   - ECS itself costs nothing on EC2 and Fargate; ECS Managed Instances take a fee, a share of the On-Demand list price.
//   - A stopped instance of a warm pool costs its volume alone.
//   - A load balancer costs its hours, and capacity units: of four dimensions the one that needs the most, by its mean over
//     the hour. AWS bills begun hours of a load balancer; a run is a part of a longer life, so its hours are cut here.
//   - A month has 730 hours, and a GB of traffic and logs 2^30 bytes too.
package cost
