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
 * A Redis Cluster of {@link EmbeddedRedis} on this machine: to try things on, not to keep frames in. One node that is away stops
 * only what it had; a replica takes over from a master after about a second.
 */
public final class EmbeddedCluster implements AutoCloseable {
    private static final int SLOTS = 16_384;
    private static final Duration READY_WITHIN = Duration.ofSeconds(30);

    private final List<Node> nodes;

    /** A node, and how it is started again. */
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
     * What it consists of.
     *
     * @param masters
     *            how many nodes that have slots, at least 3, or a master that is away cannot be voted out
     * @param replicas
     *            how many of each
     * @param dealt
     *            keys whose slots go to the masters in turn; all others in equal parts
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
     * Starts it and waits until it is whole.
     *
     * @param folder
     *            each node has one below it
     * @param options
     *            more options of redis-server for each node, as on its command line
     * @throws IllegalStateException
     *             when it does not come up
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

    /** All nodes, as an address from which each is found. */
    public RedisAddress address() {
        return RedisAddress.parse("redis+cluster://" + nodes().stream()
                .map(node -> node.address().host() + ':' + node.address().port()).collect(Collectors.joining(",")));
    }

    /** All nodes: first those that were masters at the beginning. */
    public List<EmbeddedRedis> nodes() {
        return nodes.stream().map(node -> node.server).toList();
    }

    /** Starts a node again that was killed, with its data; whoever has taken its place stays there. */
    public void restart(EmbeddedRedis killed) {
        nodes.stream().filter(node -> node.server.equals(killed)).findFirst().orElseThrow().restart();
    }

    /** The node that has this key now, or will have it again when it is back. */
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
                // It has not come so far yet; what it says last is of no use where it never does.
                if (System.nanoTime() >= deadline) {
                    throw e;
                }
            }
            DataFolder.pause();
        }
        throw new IllegalStateException("the cluster did not come up: not so within " + READY_WITHIN.toSeconds()
                + " s: " + what);
    }

    /** Stops all nodes. */
    @Override
    public void close() {
        nodes.forEach(node -> node.server.close());
    }
}
