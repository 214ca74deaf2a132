package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"ecssim/report"
	"ecssim/workload/experiment"
)

// submitFlags say where and how a plan is handed to an engine.
type submitFlags struct {
	engine, out  string
	jobs         int
	args         []string
	wait         bool
	image, queue string
	volume       string
}

func (a *app) sweepSubmitCommand() *cobra.Command {
	var f submitFlags
	c := &cobra.Command{
		Use:   "submit PLAN",
		Short: "Hand the shards to Slurm, AWS Batch or Kubernetes",
		Long: `Hand the shards of a plan to an engine as an array job: one element a shard,
placed, repeated and limited by the engine.

slurm submits the array and, behind it, a job that merges; shards that are there
already are not submitted again. The folder must be one that all nodes share.
aws-batch and kubernetes write their job files to DIR, beside a copy of the
plan, and print the command that submits them: DIR is what the containers see
as /sweep, an EFS file system or a PersistentVolumeClaim.`,
		Example: `  ecssim sweep submit plan.json --engine slurm -o /shared/friday
  ecssim sweep submit plan.json --engine slurm -o /shared/friday --wait
  ecssim sweep submit plan.json --engine aws-batch -o friday --volume fs-0123
  ecssim sweep submit plan.json --engine kubernetes -o friday --volume claim`,
		Args: oneFile("submit takes one plan"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.sweepSubmit(cmd.Context(), args[0], f) },
	}
	flags := c.Flags()
	flags.StringVar(&f.engine, "engine", "", "`ENGINE`: slurm, aws-batch or kubernetes")
	flags.StringVarP(&f.out, "out", "o", "", "`DIR` for the shards, shared by all machines")
	flags.IntVarP(&f.jobs, "jobs", "j", 1, "`N` runs at the same time in a shard, each on a core of its own")
	flags.StringArrayVar(&f.args, "arg", nil, "slurm: `ARG` for sbatch, as in --partition=long; repeatable")
	flags.BoolVar(&f.wait, "wait", false, "slurm: wait until the shards are merged")
	flags.StringVar(&f.image, "image", "ecssim:"+release, "aws-batch, kubernetes: container `IMAGE` with ecssim in its path")
	flags.StringVar(&f.queue, "queue", "default", "aws-batch: `QUEUE` for the job")
	flags.StringVar(&f.volume, "volume", "", "aws-batch: `ID` of the EFS file system; kubernetes: name of the claim")
	return c
}

func (a *app) sweepSubmit(ctx context.Context, file string, f submitFlags) error {
	if err := checkSweepEngine(f); err != nil {
		return err
	}
	p, err := readPlan(file)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(f.out, 0o755); err != nil {
		return failure(err)
	}
	switch f.engine {
	case "slurm":
		return a.submitSlurm(ctx, p, file, f)
	case "aws-batch":
		return a.writeBatch(p, file, f)
	}
	return a.writeKubernetes(p, file, f)
}

func checkSweepEngine(f submitFlags) error {
	switch {
	case f.engine != "slurm" && f.engine != "aws-batch" && f.engine != "kubernetes":
		return usageError("--engine is slurm, aws-batch or kubernetes, found %q", f.engine)
	case f.out == "":
		return usageError("where do the shards go? give -o DIR, a folder that all machines share")
	case f.jobs < 1:
		return usageError("--jobs must be at least 1, found %d", f.jobs)
	case f.engine != "slurm" && f.volume == "":
		return usageError("--volume is missing: what the containers share, %s",
			map[string]string{"aws-batch": "as in --volume fs-0123456789abcdef0", "kubernetes": "as in --volume sweep-claim"}[f.engine])
	case f.engine != "slurm" && (f.wait || len(f.args) > 0):
		return usageError("--wait and --arg are for slurm")
	}
	return nil
}

// missingShards are those that are not there whole.
func missingShards(p *experiment.Plan, dir string) (missing []int, err error) {
	for n := range p.Shards {
		switch _, err := report.CheckShard(dir, n, shardedOf(p)); {
		case err == nil:
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, report.ErrDamaged):
			missing = append(missing, n)
		default:
			return nil, usageError("%s: %w; choose another --out, or remove it", filepath.Join(dir, report.ShardFile(n)), err)
		}
	}
	return missing, nil
}

// submitSlurm hands the missing shards to sbatch as one array, and a merge that waits for all of them.
func (a *app) submitSlurm(ctx context.Context, p *experiment.Plan, file string, f submitFlags) error {
	program, err := os.Executable()
	if err == nil {
		file, err = filepath.Abs(file)
	}
	dir := f.out
	if err == nil {
		dir, err = filepath.Abs(f.out)
	}
	if err == nil {
		err = os.MkdirAll(filepath.Join(dir, "logs"), 0o755)
	}
	if err != nil {
		return failure(err)
	}
	missing, err := missingShards(p, dir)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.err, "%s: %s in %s, %d of them there already\n", p.Name, sizes(p), counted(p.Shards, "shard"), p.Shards-len(missing))
	shared := []string{"--parsable", "--job-name=" + p.Name, "--chdir=" + dir}
	merge := []string{}
	if len(missing) > 0 {
		run := shell("exec", program, "sweep", "run", file, "-o", dir, "-j", strconv.Itoa(f.jobs), "-q")
		id, err := sbatch(ctx, append(append(shared, f.args...), "--array="+report.Ranges(missing), fmt.Sprintf("--cpus-per-task=%d", f.jobs),
			"--output="+filepath.Join(dir, "logs", "shard-%A_%a.log"), "--wrap="+run)...)
		if err != nil {
			return failure(err)
		}
		fmt.Fprintf(a.out, "job %s: shards %s\n", id, report.Ranges(missing))
		merge = append(merge, "--dependency=afterok:"+id, "--kill-on-invalid-dep=yes")
	}
	if f.wait {
		merge = append(merge, "--wait")
	}
	log := filepath.Join(dir, "logs", "merge-%j.log")
	id, err := sbatch(ctx, append(append(append(shared, f.args...), merge...), "--output="+log,
		"--wrap="+shell("exec", program, "sweep", "merge", file, dir))...)
	if err != nil {
		return failure(fmt.Errorf("%w\nthe shards that failed say why in %s; `ecssim sweep merge %s %s` names them", err, filepath.Join(dir, "logs"), file, dir))
	}
	fmt.Fprintf(a.out, "job %s: merge into %s\n", id, dir)
	if !f.wait {
		return nil
	}
	// Slurm cancels a merge whose shards failed, and calls that a success.
	if missing, err = missingShards(p, dir); err == nil && len(missing) > 0 {
		err = failure(fmt.Errorf("%s: %w; the same command submits what is missing, %s says why it failed", dir,
			&report.MissingShards{Missing: missing, Shards: p.Shards}, filepath.Join(dir, "logs")))
	}
	return err
}

// sbatch submits a job and returns its number.
func sbatch(ctx context.Context, args ...string) (id string, err error) {
	c := exec.CommandContext(ctx, "sbatch", args...)
	var out, problem bytes.Buffer
	c.Stdout, c.Stderr = &out, &problem
	err = c.Run()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return "", errors.New("there is no sbatch: submit from a machine of the cluster")
	case err != nil:
		why := strings.TrimSpace(problem.String())
		if why == "" {
			why = "a job that it waited for failed"
		}
		return "", fmt.Errorf("sbatch: %w: %s", err, why)
	}
	id, _, _ = strings.Cut(strings.TrimSpace(out.String()), ";") // JOB;CLUSTER
	return id, nil
}

// shell quotes words for a shell.
func shell(words ...string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = w
		if strings.Trim(w, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=:,@+") != "" || w == "" {
			quoted[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
	}
	return strings.Join(quoted, " ")
}

// inContainers is where containers see the shared folder.
const inContainers = "/sweep"

// containerCommand runs the shard that the engine names.
func containerCommand(f submitFlags) []string {
	return []string{"ecssim", "sweep", "run", inContainers + "/plan.json", "-o", inContainers, "-j", strconv.Itoa(f.jobs), "-q"}
}

// copyPlan puts the plan beside the shards: a container sees nothing else.
func copyPlan(file, dir string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return failure(err)
	}
	if err := report.WriteDurably(filepath.Join(dir, "plan.json"), text); err != nil {
		return failure(err)
	}
	return nil
}

// Sizes that AWS Batch allows an array.
const (
	leastArray = 2
	mostArray  = 10_000
)

// object is a JSON object.
type object = map[string]any

// writeBatch writes a job definition and a job for AWS Batch.
func (a *app) writeBatch(p *experiment.Plan, file string, f submitFlags) error {
	if p.Shards < leastArray || p.Shards > mostArray {
		return usageError("an array job of AWS Batch has %d to %d elements, and the plan has %s: plan it again with another --shards",
			leastArray, mostArray, counted(p.Shards, "shard"))
	}
	if err := copyPlan(file, f.out); err != nil {
		return err
	}
	name := jobName(p.Name)
	definition := object{
		"jobDefinitionName": name, "type": "container", "retryStrategy": object{"attempts": 3},
		"containerProperties": object{
			"image": f.image, "command": containerCommand(f),
			"resourceRequirements": []object{{"type": "VCPU", "value": strconv.Itoa(f.jobs)}, {"type": "MEMORY", "value": strconv.Itoa(2048 * f.jobs)}},
			"volumes":              []object{{"name": "sweep", "efsVolumeConfiguration": object{"fileSystemId": f.volume}}},
			"mountPoints":          []object{{"sourceVolume": "sweep", "containerPath": inContainers}},
		},
	}
	job := object{"jobName": name, "jobQueue": f.queue, "jobDefinition": name, "arrayProperties": object{"size": p.Shards}}
	for _, one := range []struct {
		file string
		v    object
	}{{"job-definition.json", definition}, {"job.json", job}} {
		text, err := json.MarshalIndent(one.v, "", "  ")
		if err == nil {
			err = report.WriteDurably(filepath.Join(f.out, one.file), append(text, '\n'))
		}
		if err != nil {
			return failure(err)
		}
	}
	fmt.Fprintf(a.out, `next: copy %[1]s to the root of %[2]s, then
  aws batch register-job-definition --cli-input-json file://%[1]s/job-definition.json
  aws batch submit-job --cli-input-json file://%[1]s/job.json
and when it is done, where the file system is mounted
  ecssim sweep merge DIR/plan.json DIR
`, f.out, f.volume)
	return nil
}

// jobName is a name that every engine takes: lower-case letters, digits and hyphens.
func jobName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(name))
	const longest = 50
	return strings.Trim("ecssim-"+name[:min(len(name), longest)], "-")
}

const kubernetesJob = `apiVersion: batch/v1
kind: Job
metadata:
  name: %s
spec:
  completionMode: Indexed
  completions: %d
  parallelism: %d
  backoffLimitPerIndex: 3
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: shard
          image: %q
          command: [%s]
          resources:
            requests: { cpu: %q, memory: "%dMi" }
          volumeMounts:
            - name: sweep
              mountPath: %s
      volumes:
        - name: sweep
          persistentVolumeClaim: { claimName: %q }
`

// writeKubernetes writes an indexed job.
func (a *app) writeKubernetes(p *experiment.Plan, file string, f submitFlags) error {
	if err := copyPlan(file, f.out); err != nil {
		return err
	}
	command := make([]string, 0, 8)
	for _, word := range containerCommand(f) {
		command = append(command, strconv.Quote(word))
	}
	text := fmt.Sprintf(kubernetesJob, jobName(p.Name), p.Shards, p.Shards, f.image, strings.Join(command, ", "),
		strconv.Itoa(f.jobs), 2048*f.jobs, inContainers, f.volume)
	if err := report.WriteDurably(filepath.Join(f.out, "job.yaml"), []byte(text)); err != nil {
		return failure(err)
	}
	fmt.Fprintf(a.out, `next: copy %[1]s/plan.json to the root of the claim %[2]s, then
  kubectl apply -f %[1]s/job.yaml
  kubectl wait --for=condition=complete --timeout=-1s job/%[3]s
and where the volume is mounted
  ecssim sweep merge DIR/plan.json DIR
`, f.out, f.volume, jobName(p.Name))
	return nil
}
