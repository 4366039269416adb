//  door_load - a load generator for the door: submissions over CURVE, a fixed number in flight, receipts
//  counted
//
//  usage: door_load ENDPOINT SERVER_PUBLIC SECRET_KEY_FILE SOURCE CONNECTIONS IN_FLIGHT SECONDS [RATE]
//
//  Prints one JSON object: acknowledged, problems, per second, latency percentiles in ms, its own CPU time.
//  With RATE it is paced (submissions per second in all). Every event has an id of its own and about 1 KB of
//  Chinese text, as supervisors write it.

#include "common/uuid.h"
#include <czmq.h>
#include <sys/resource.h>

#define MAX_IN_FLIGHT 4096
#define MAX_LATENCIES (1 << 22)
#define GRACE_MS      5000

static const char TEXT[] = "巡查时发现沿街商铺后院存放大量桶装油漆和稀释剂，无通风设施，距居民楼不足五米，现"
                           "场未见消防器材和警示标志；"
                           "经营者称系临时周转，但附近居民反映已有半年。建议执法人员尽快到场核实数量与资质，"
                           "责令转移至合规仓库，并对同一街区的"
                           "同类商铺开展一次排查，将结果在社区公示栏公开，方便群众监督。另外，疏散通道被货架"
                           "占用约三分之二，夜间照明损坏。";

typedef struct {
    zsock_t *socket;
    int in_flight;
    int64_t
        sent_at[MAX_IN_FLIGHT]; //  oldest first: the door may answer in another order, so this is an estimate
    int head, tail;
} connection_t;

typedef struct {
    const char *source;
    int limit; //  in flight per connection
    int64_t stop_at, began;
    double rate;
    long sent, acknowledged, problems;
    float *latencies;
    long latency_count;
} load_t;

static void
s_send (load_t *self, connection_t *connection)
{
    char event[4096], id[UUID_TEXT];
    uuid_t uuid = uuid_new ();
    uuid_text (&uuid, id);
    int size = snprintf (
        event, sizeof event,
        "{\"specversion\":\"1.0\",\"id\":\"%s\",\"source\":\"%s\",\"type\":\"cn.gov.duban.submission.v1\","
        "\"data\":{\"procedure\":\"suggestion\",\"kind\":\"lead\",\"title\":\"沿街商铺违规存放油漆稀料 %ld\","
        "\"text\":\"%s\",\"area\":\"通济街道\",\"no_secrets\":true,"
        "\"reporter\":{\"name\":\"测试员\",\"phone\":\"13900000000\"}}}",
        id, self->source, self->sent, TEXT);
    if (zmq_send (zsock_resolve (connection->socket), event, (size_t) size, ZMQ_DONTWAIT) < 0)
        return;
    connection->sent_at[connection->tail++ % MAX_IN_FLIGHT] = zclock_usecs ();
    connection->in_flight++;
    self->sent++;
}

static void
s_fill (load_t *self, connection_t *connection)
{
    int64_t now = zclock_usecs ();
    while (connection->in_flight < self->limit && now < self->stop_at) {
        if (self->rate > 0 && (double) self->sent >= (double) (now - self->began) / 1e6 * self->rate)
            return;
        int before = connection->in_flight;
        s_send (self, connection);
        if (connection->in_flight == before)
            return;
    }
}

static void
s_receive (load_t *self, connection_t *connection)
{
    char reply[2048];
    int size;
    while ((size = zmq_recv (zsock_resolve (connection->socket), reply, sizeof reply - 1, ZMQ_DONTWAIT)) >=
           0) {
        reply[size < (int) sizeof reply ? size : (int) sizeof reply - 1] = 0;
        int64_t sent_at = connection->sent_at[connection->head++ % MAX_IN_FLIGHT];
        connection->in_flight--;
        if (strstr (reply, "duban.receipt.v1")) {
            self->acknowledged++;
            if (self->latency_count < MAX_LATENCIES)
                self->latencies[self->latency_count++] = (float) (zclock_usecs () - sent_at) / 1000.0f;
        } else if (self->problems++ == 0)
            fprintf (stderr, "first problem: %s\n", reply);
    }
}

static int
s_compare (const void *left, const void *right)
{
    float a = *(const float *) left, b = *(const float *) right;
    return a < b ? -1 : a > b;
}

static double
s_percentile (const load_t *self, double share)
{
    return self->latency_count ? (double) self->latencies[(long) ((double) (self->latency_count - 1) * share)]
                               : 0;
}

static void
s_report (load_t *self, double seconds)
{
    struct rusage usage;
    getrusage (RUSAGE_SELF, &usage);
    double cpu = (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                 (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    qsort (self->latencies, (size_t) self->latency_count, sizeof *self->latencies, s_compare);
    printf (
        "{\"sent\": %ld, \"acknowledged\": %ld, \"problems\": %ld, \"seconds\": %.3f, \"per_second\": %.1f, "
        "\"p50_ms\": %.3f, \"p99_ms\": %.3f, \"max_ms\": %.3f, \"generator_cpu_seconds\": %.2f}\n",
        self->sent, self->acknowledged, self->problems, seconds, (double) self->acknowledged / seconds,
        s_percentile (self, 0.5), s_percentile (self, 0.99), s_percentile (self, 1.0), cpu);
}

static void
s_run (load_t *self, connection_t *connections, int count)
{
    zmq_pollitem_t *items = zmalloc ((size_t) count * sizeof *items);
    for (int index = 0; index < count; index++)
        items[index] = (zmq_pollitem_t){ zsock_resolve (connections[index].socket), 0, ZMQ_POLLIN, 0 };
    for (;;) {
        int waiting = 0;
        for (int index = 0; index < count; index++) {
            s_receive (self, &connections[index]);
            s_fill (self, &connections[index]);
            waiting += connections[index].in_flight;
        }
        int64_t now = zclock_usecs ();
        if (now >= self->stop_at && (waiting == 0 || now >= self->stop_at + GRACE_MS * 1000))
            break;
        zmq_poll (items, count, self->rate > 0 ? 1 : 10);
    }
    freen (items);
}

static zsock_t *
s_connect (const char *endpoint, const char *server_key, const char *secret)
{
    char public_key[41];
    zsock_t *socket = zsock_new (ZMQ_DEALER);
    if (zmq_curve_public (public_key, secret))
        return NULL;
    zsock_set_curve_publickey (socket, public_key);
    zsock_set_curve_secretkey (socket, secret);
    zsock_set_curve_serverkey (socket, server_key);
    zsock_set_sndhwm (socket, MAX_IN_FLIGHT);
    zsock_set_rcvhwm (socket, MAX_IN_FLIGHT);
    zsock_set_linger (socket, 0);
    return zsock_connect (socket, "%s", endpoint) ? NULL : socket;
}

int
main (int argc, char **argv)
{
    if (argc < 8) {
        fprintf (
            stderr,
            "usage: %s ENDPOINT SERVER_PUBLIC SECRET_KEY_FILE SOURCE CONNECTIONS IN_FLIGHT SECONDS [RATE]\n",
            argv[0]);
        return 2;
    }
    char secret[64] = "";
    FILE *file = fopen (argv[3], "r");
    if (!file || fscanf (file, "%40s", secret) != 1) {
        fprintf (stderr, "%s: cannot be read\n", argv[3]);
        return 2;
    }
    fclose (file);
    int count = atoi (argv[5]);
    load_t load = { .source = argv[4], .limit = atoi (argv[6]), .rate = argc > 8 ? atof (argv[8]) : 0 };
    load.latencies = zmalloc (MAX_LATENCIES * sizeof *load.latencies);
    connection_t *connections = zmalloc ((size_t) count * sizeof *connections);
    for (int index = 0; index < count; index++)
        if (!(connections[index].socket = s_connect (argv[1], argv[2], secret))) {
            fprintf (stderr, "cannot connect to %s\n", argv[1]);
            return 1;
        }
    zclock_sleep (300); //  handshakes
    load.began = zclock_usecs ();
    load.stop_at = load.began + (int64_t) (atof (argv[7]) * 1e6);
    s_run (&load, connections, count);
    s_report (&load, (double) (zclock_usecs () - load.began) / 1e6);
    for (int index = 0; index < count; index++)
        zsock_destroy (&connections[index].socket);
    freen (connections);
    freen (load.latencies);
    return load.problems ? 1 : 0;
}
