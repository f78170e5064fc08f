import { Aws } from 'aws-cdk-lib';
import { workerFlags, workerProgram } from './worker-bundle.ts';

export interface BootScriptProps {
  readonly groupName: string;
  /** Hook that keeps a new instance out of service until its worker is healthy. */
  readonly readyHook: string;
  readonly code: { readonly bucketName: string; readonly objectKey: string };
  readonly environment: Readonly<Record<string, string>>;
  readonly logGroupName: string;
  /** Port of the worker's health check. */
  readonly healthPort: number;
  /** How long a worker that is told to stop may go on. */
  readonly stopTimeoutSeconds: number;
}

/** Node.js of Amazon Linux 2023, under the name that stays when others are installed beside it. */
const nodePackage = 'nodejs24';
const node = '/usr/bin/node-24';

const log = '/var/log/worker/worker.log';

/**
 * What an instance does at its first start: installs Node.js and the CloudWatch agent from the
 * distribution's repository, which lies in S3, and the worker from its own object; starts it as a user
 * without privileges; and reports for service when it is healthy. An instance that fails to is replaced.
 *
 * @see https://docs.aws.amazon.com/linux/al2023/ug/nodejs.html
 */
export function bootScript(props: BootScriptProps): string {
  const { code, groupName, healthPort, readyHook } = props;
  return `#!/bin/bash
set -Eeuo pipefail

token=$(curl -fsS -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 300' http://169.254.169.254/latest/api/token)
instance=$(curl -fsS -H "X-aws-ec2-metadata-token: $token" http://169.254.169.254/latest/meta-data/instance-id)
export AWS_DEFAULT_REGION='${Aws.REGION}'

report() {
  aws autoscaling complete-lifecycle-action --auto-scaling-group-name '${groupName}' \\
    --lifecycle-hook-name '${readyHook}' --instance-id "$instance" --lifecycle-action-result "$1"
}
trap 'report ABANDON' ERR

dnf install --assumeyes --quiet --setopt=install_weak_deps=False ${nodePackage} amazon-cloudwatch-agent logrotate unzip

useradd --system --user-group --home-dir /var/lib/worker --shell /sbin/nologin worker
install -d -m 0755 /opt/worker
install -d -m 0750 /etc/worker
install -d -m 0755 -o worker -g worker /var/log/worker

${file('/opt/aws/amazon-cloudwatch-agent/etc/worker.json', agentConfiguration(props))}
/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s \\
  -c file:/opt/aws/amazon-cloudwatch-agent/etc/worker.json

${file('/etc/logrotate.d/worker', logRotation)}
install -d /etc/systemd/system/logrotate.timer.d
${file('/etc/systemd/system/logrotate.timer.d/hourly.conf', '[Timer]\nOnCalendar=\nOnCalendar=hourly')}

aws s3 cp --only-show-errors 's3://${code.bucketName}/${code.objectKey}' /opt/worker/bundle.zip
unzip -q /opt/worker/bundle.zip -d /opt/worker
rm /opt/worker/bundle.zip
chmod -R u=rwX,go=rX /opt/worker

${file('/etc/worker/environment', environmentFile(props.environment))}
${file('/etc/systemd/system/worker.service', workerUnit(props))}
${file('/etc/systemd/system/worker-failed.service', failedUnit)}
cat > /opt/worker/report-unhealthy <<END
#!/bin/bash
exec aws autoscaling set-instance-health --region '${Aws.REGION}' --instance-id "$instance" --health-status Unhealthy
END
chmod 0755 /opt/worker/report-unhealthy

systemctl daemon-reload
systemctl restart logrotate.timer
systemctl enable --now worker.service
curl -fsS --retry 60 --retry-delay 2 --retry-all-errors --max-time 5 http://127.0.0.1:${healthPort}/health
report CONTINUE
`;
}

/** Writes a file whose text is taken as it stands. */
function file(path: string, text: string): string {
  return `cat > ${path} <<'END'\n${text}\nEND`;
}

/** The agent ships the worker's lines, which carry its metrics, and what went wrong before there was one. */
function agentConfiguration({ logGroupName }: BootScriptProps): string {
  const configuration = {
    logs: {
      logs_collected: {
        files: {
          collect_list: [
            { file_path: log, log_group_name: logGroupName, log_stream_name: '{instance_id}' },
            {
              file_path: '/var/log/cloud-init-output.log',
              log_group_name: logGroupName,
              log_stream_name: '{instance_id}/boot',
            },
          ],
        },
      },
    },
  };
  return JSON.stringify(configuration, null, 1);
}

const logRotation = `/var/log/worker/*.log {
  size 100M
  rotate 2
  copytruncate
  missingok
}`;

/**
 * Values as systemd reads them between double quotes. What only the deployment knows (names, URLs) is
 * left alone: its place is marked with a `$` here.
 *
 * @see https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html
 */
function environmentFile(environment: Readonly<Record<string, string>>): string {
  return Object.entries(environment)
    .map(([name, value]) => `${name}="${value.replace(/["\\`]|\$(?!\{Token\[)/g, '\\$&')}"`)
    .join('\n');
}

/**
 * The worker under systemd. It may read its program and write to its own state directory; memory that
 * is both writable and executable stays allowed, since Node.js compiles as it runs.
 *
 * It ends with 0 when it has drained, and is then not started again.
 */
function workerUnit({ stopTimeoutSeconds }: BootScriptProps): string {
  return `[Unit]
Description=Worker of a queue
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=600
StartLimitBurst=5
OnFailure=worker-failed.service

[Service]
Type=exec
User=worker
Group=worker
EnvironmentFile=/etc/worker/environment
Environment=NODE_ENV=production TMPDIR=/var/lib/worker
ExecStart=${node} ${workerFlags.join(' ')} /opt/worker/${workerProgram}
WorkingDirectory=/var/lib/worker
StateDirectory=worker
StateDirectoryMode=0700
StandardOutput=append:${log}
StandardError=append:${log}
Restart=on-failure
RestartSec=5
KillMode=mixed
TimeoutStopSec=${stopTimeoutSeconds}
UMask=0077
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
ProtectProc=invisible
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RemoveIPC=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target`;
}

/** A worker that systemd gave up: the group replaces the instance. */
const failedUnit = `[Unit]
Description=Reports an instance whose worker does not stay up

[Service]
Type=oneshot
ExecStart=/opt/worker/report-unhealthy`;
