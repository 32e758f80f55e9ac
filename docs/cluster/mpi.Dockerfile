# An image for kubernetes-mpijob.yaml: gorgonae with Open MPI, and sshd, by which mpirun starts processes in other pods.
#
#   docker build -f docs/cluster/mpi.Dockerfile -t registry.example.org/gorgonae-mpi:1 .
FROM golang:1.26-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends libopenmpi-dev pkg-config
WORKDIR /src
COPY . .
RUN go build -trimpath -tags mpi -o /gorgonae ./cmd/gorgonae

FROM debian:bookworm-slim
# The operator mounts the keys from a Secret, whose files do not have the modes that sshd asks for, and pods have new
# host keys each time.
RUN apt-get update \
    && apt-get install -y --no-install-recommends openmpi-bin openssh-client openssh-server \
    && rm -rf /var/lib/apt/lists/* \
    && mkdir -p /run/sshd \
    && echo 'StrictModes no' > /etc/ssh/sshd_config.d/mpi.conf \
    && printf 'Host *\n    StrictHostKeyChecking no\n    UserKnownHostsFile /dev/null\n    LogLevel ERROR\n' > /etc/ssh/ssh_config.d/mpi.conf
COPY --from=build /gorgonae /usr/local/bin/gorgonae
