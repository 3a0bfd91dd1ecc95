package framebuffer.redis;

import framebuffer.redis.Sentinels.HostPort;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import redis.clients.jedis.util.JedisClusterCRC16;

/**
 * The nodes of a Redis Cluster. Each node knows the owner of each slot, and is asked on each connection, so no cached table can be out of
 * date. A command to the wrong node fails its connection; the caller opens another.
 */
public final class ClusterNodes {
    private static final int ANY = -1;

    private final List<HostPort> named;
    private final int slot;
    /** All known nodes, the last that answered first. Shared by all addresses from the same URL. */
    private final AtomicReference<List<HostPort>> known;

    /**
     * @param named at least one node
     */
    ClusterNodes(List<HostPort> named) {
        this(List.copyOf(named), ANY, new AtomicReference<>(List.copyOf(named)));
    }

    private ClusterNodes(List<HostPort> named, int slot, AtomicReference<List<HostPort>> known) {
        this.named = named;
        this.slot = slot;
        this.known = known;
    }

    /** The same cluster, for connections to the node with this key. */
    ClusterNodes holding(String key) {
        return new ClusterNodes(named, slotOf(key), known);
    }

    /** The slot of a key, or of the text in its first braces, 0 to 16383. */
    public static int slotOf(String key) {
        return JedisClusterCRC16.getSlot(key);
    }

    /** Like {@link #slotOf(String)}, for a key that need not be text. */
    public static int slotOf(byte[] key) {
        return JedisClusterCRC16.getSlot(key);
    }

    /**
     * Connects to the master of our slot, or to any node if there is no slot.
     *
     * @throws RedisUnavailable when no node answers, no node knows the owner of the slot, or the owner does not answer
     * @throws RedisRefused when the user or password is wrong, or the server is not a cluster
     */
    RedisConnection open(RedisAddress address) {
        Set<HostPort> places = new LinkedHashSet<>(known.get());
        places.addAll(named);
        RedisUnavailable last = null;
        for (HostPort hostPort : places) {
            try {
                return openBy(address, hostPort);
            } catch (RedisUnavailable e) {
                last = e;
            }
        }
        throw new RedisUnavailable("no node at " + address + " for slot " + slot + ": "
                + (last == null ? "" : last.getMessage()), last == null ? new IllegalStateException("no node") : last);
    }

    private RedisConnection openBy(RedisAddress address, HostPort hostPort) {
        RedisConnection node = RedisConnection.direct(address.at(hostPort));
        try {
            List<?> ranges = Replies.list(node.call("CLUSTER", "SLOTS"));
            learn(hostPort, ranges);
            if (slot == ANY) {
                return node;
            }
            HostPort master = masterOf(ranges, hostPort);
            node.close();
            return RedisConnection.direct(address.at(master));
        } catch (RuntimeException e) {
            node.close();
            throw e;
        }
    }

    private HostPort masterOf(List<?> ranges, HostPort asked) {
        for (Object each : ranges) {
            List<?> range = Replies.list(each);
            if (slot >= Replies.number(range.get(0)) && slot <= Replies.number(range.get(1))) {
                return place(Replies.list(range.get(2)), asked);
            }
        }
        throw new RedisUnavailable("the node at " + asked + " knows no owner of slot " + slot,
                new IllegalStateException("no such slot"));
    }

    private void learn(HostPort answered, List<?> ranges) {
        Set<HostPort> all = new LinkedHashSet<>(List.of(answered));
        for (Object each : ranges) {
            List<?> range = Replies.list(each);
            range.subList(2, range.size()).forEach(node -> all.add(place(Replies.list(node), answered)));
        }
        known.set(List.copyOf(all));
    }

    /** A node that does not know its own name has the address at which it was asked. */
    private static HostPort place(List<?> node, HostPort asked) {
        String host = node.get(0) == null ? "" : Replies.text(node.get(0));
        return new HostPort(host.isEmpty() || host.equals("?") ? asked.host() : host,
                (int) Replies.number(node.get(1)));
    }

    /** The nodes as in a URL. */
    @Override
    public String toString() {
        return named.stream().map(HostPort::toString).collect(Collectors.joining(","));
    }
}
