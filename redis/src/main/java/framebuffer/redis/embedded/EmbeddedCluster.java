package framebuffer.redis.embedded;

import framebuffer.redis.ClusterNodes;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.Replies;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A Redis Cluster of {@link EmbeddedRedis} on this machine, for tests, not for production. A failed node stops only its own slots; a
 * replica takes over after about a second.
 */
public final class EmbeddedCluster implements AutoCloseable {
    private static final int SLOTS = 16_384;
    private static final Duration READY_WITHIN = Duration.ofSeconds(30);

    private final List<Node> nodes;

    /** A node, and the parameters to restart it. */
    private static final class Node {
        private final Path folder;
        private final List<String> options;
        private volatile EmbeddedRedis server;

        Node(Path folder, List<String> options) {
            this.folder = folder;
            this.options = options;
            this.server = EmbeddedRedis.start(folder, EmbeddedRedis.freePort(), options);
        }

        void restart() {
            int port = server.address().port();
            server.close();
            server = EmbeddedRedis.start(folder, port, options);
        }
    }

    /**
     * The layout of a cluster.
     *
     * @param masters number of masters, at least 3, the minimum for a failover vote
     * @param replicas number of replicas per master
     * @param dealt keys whose slots go to the masters in turn; the other slots go in equal parts
     */
    public record Layout(int masters, int replicas, List<String> dealt) {
        public Layout {
            dealt = List.copyOf(dealt);
        }
    }

    private EmbeddedCluster(List<Node> nodes) {
        this.nodes = List.copyOf(nodes);
    }

    /**
     * Starts the cluster and waits until it is complete.
     *
     * @param folder parent of the nodes' folders
     * @param options further command-line options of redis-server for each node
     * @throws IllegalStateException when the cluster does not start
     */
    public static EmbeddedCluster start(Path folder, Layout layout, List<String> options) {
        List<Node> nodes = new ArrayList<>();
        EmbeddedCluster cluster = null;
        try {
            for (int i = 0; i < layout.masters() * (1 + layout.replicas()); i++) {
                List<String> all = new ArrayList<>(List.of("--cluster-enabled", "yes", "--cluster-port",
                        Integer.toString(EmbeddedRedis.freePort()), "--cluster-node-timeout", "1000",
                        "--cluster-require-full-coverage", "no", "--cluster-replica-validity-factor", "0",
                        "--cluster-allow-replica-migration", "no", "--repl-diskless-sync-delay", "0"));
                all.addAll(options);
                nodes.add(new Node(folder.resolve("node-" + i), List.copyOf(all)));
            }
            cluster = new EmbeddedCluster(nodes);
            cluster.form(layout);
            return cluster;
        } finally {
            if (cluster == null) {
                nodes.forEach(node -> node.server.close());
            }
        }
    }

    private void form(Layout layout) {
        List<EmbeddedRedis> all = nodes();
        try {
            for (int i = 0; i < all.size(); i++) {
                ask(all.get(i), "CLUSTER", "SET-CONFIG-EPOCH", i + 1);
            }
            for (int i = 0; i < layout.masters(); i++) {
                ask(all.get(i), "CLUSTER", slots(layout, i).toArray());
            }
            String bus = Replies.text(Replies.list(ask(all.getFirst(), "CONFIG", "GET", "cluster-port")).get(1));
            for (EmbeddedRedis node : all.subList(1, all.size())) {
                ask(node, "CLUSTER", "MEET", "127.0.0.1", all.getFirst().address().port(), bus);
            }
            await("all know each other", () -> all.stream().allMatch(
                    node -> info(node).contains("cluster_known_nodes:" + all.size() + "\r\n")));
            for (int i = layout.masters(); i < all.size(); i++) {
                ask(all.get(i), "CLUSTER", "REPLICATE",
                        Replies.text(ask(all.get(i % layout.masters()), "CLUSTER", "MYID")));
            }
            await("all slots have a master",
                    () -> all.stream().allMatch(node -> info(node).contains("cluster_state:ok")));
            await("all replicas follow", () -> all.subList(layout.masters(), all.size()).stream()
                    .allMatch(node -> Replies.text(ask(node, "INFO", "replication"))
                            .contains("master_link_status:up")));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private static List<Object> slots(Layout layout, int master) {
        Set<Integer> dealt = layout.dealt().stream().map(ClusterNodes::slotOf).collect(Collectors.toSet());
        Set<Integer> ours = new HashSet<>();
        IntStream.range(0, layout.dealt().size()).filter(i -> i % layout.masters() == master)
                .forEach(i -> ours.add(ClusterNodes.slotOf(layout.dealt().get(i))));
        int first = SLOTS * master / layout.masters();
        int end = SLOTS * (master + 1) / layout.masters();
        IntStream.range(first, end).filter(slot -> !dealt.contains(slot)).forEach(ours::add);
        List<Object> command = new ArrayList<>(List.of("ADDSLOTS"));
        ours.stream().sorted().forEach(command::add);
        return command;
    }

    /** The address of the cluster, with all nodes. */
    public RedisAddress address() {
        return RedisAddress.parse("redis+cluster://" + nodes().stream()
                .map(node -> node.address().host() + ':' + node.address().port()).collect(Collectors.joining(",")));
    }

    /** All nodes, the initial masters first. */
    public List<EmbeddedRedis> nodes() {
        return nodes.stream().map(node -> node.server).toList();
    }

    /** Restarts a killed node with its data; a replica that took over stays master. */
    public void restart(EmbeddedRedis killed) {
        nodes.stream().filter(node -> node.server.equals(killed)).findFirst().orElseThrow().restart();
    }

    /** The node that owns this key, or will own it again after a restart. */
    public EmbeddedRedis masterOf(String key) {
        try (RedisConnection redis = RedisConnection.open(address().holding(key))) {
            int port = (int) Replies.number(
                    Long.valueOf(Replies.text(Replies.list(redis.call("CONFIG", "GET", "port")).get(1))));
            return nodes().stream().filter(node -> node.address().port() == port).findFirst().orElseThrow();
        }
    }

    private static Object ask(EmbeddedRedis node, String command, Object... arguments) {
        try (RedisConnection redis = RedisConnection.open(node.address())) {
            Object reply = redis.call(command, arguments);
            return reply == null ? "" : reply;
        }
    }

    private static String info(EmbeddedRedis node) {
        return Replies.text(ask(node, "CLUSTER", "INFO"));
    }

    private static void await(String what, BooleanSupplier is) {
        long deadline = System.nanoTime() + READY_WITHIN.toNanos();
        while (System.nanoTime() < deadline) {
            try {
                if (is.getAsBoolean()) {
                    return;
                }
            } catch (RedisUnavailable | RedisRefused e) {
                // Not ready yet; the last exception does not help if the condition never holds.
                if (System.nanoTime() >= deadline) {
                    throw e;
                }
            }
            DataFolder.pause();
        }
        throw new IllegalStateException("the cluster did not start: no success within " + READY_WITHIN.toSeconds()
                + " s: " + what);
    }

    /** Stops all nodes of the cluster. */
    @Override
    public void close() {
        nodes.forEach(node -> node.server.close());
    }
}
