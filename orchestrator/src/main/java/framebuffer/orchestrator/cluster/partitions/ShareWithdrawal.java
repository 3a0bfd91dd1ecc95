package framebuffer.orchestrator.cluster.partitions;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.tables.ShareStore;
import framebuffer.redis.tables.ShareStore.OwnShare;
import framebuffer.redis.tables.ShareStore.ShareChange;
import framebuffer.redis.tables.ShareStore.ShareRequest;
import framebuffer.redis.tables.ShareStore.VersionedCount;
import framebuffer.wire.Keys;
import framebuffer.wire.control.Registration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Gives back what one partition has of processors that are gone, by the steps of {@link ShareStore}: it is used no longer, then given back,
 * but for what is still outstanding, for such a one may come back; and forgotten where no queue is left. Whether somebody is gone is known
 * as of a moment ago: what is taken from one that has just come, the next turn asks for again.
 *
 * @param all
 *            what was read where partitions agree
 * @param own
 *            the partition
 * @param registered
 *            the processors that there are
 * @param departed
 *            those that are gone and whose queues may hold frames
 */
record ShareWithdrawal(ShareStore.ShareReading all, int own, Collection<Registration> registered,
        Collection<Registration> departed) {
    ShareWithdrawal {
        registered = List.copyOf(registered);
        departed = List.copyOf(departed);
    }

    /** Uses no longer, and forgets, what is there of others than the shared; answers what is to be given back. */
    List<ShareRequest> begin(RedisConnection redis, Keys keys) {
        Map<String, OwnShare> left = new HashMap<>(ShareStore.all(redis, keys));
        shared().forEach(one -> left.remove(keys.queue(one.queue())));
        // Only what was given up before: everybody has seen that by now.
        Map<String, OwnShare> unused = new HashMap<>(left);
        unused.values().removeIf(share -> share.stand().frames() > 0);
        Map<String, String> owners = new HashMap<>();
        registered.forEach(one -> owners.put(keys.queue(one.queue()), one.id()));
        ShareStore.forget(redis, keys, unused, owners);
        // Also what is nothing becomes another share: whoever was about to raise it does so no more.
        Set<String> used = new HashSet<>(left.keySet());
        used.removeAll(ShareStore.set(redis, keys,
                left.entrySet().stream()
                        .map(one -> new ShareChange(one.getKey(), one.getValue().field(), VersionedCount.givenUp(0)))
                        .toList())
                .keySet());
        return wishes(redis, keys, used);
    }

    private Stream<Registration> shared() {
        return registered.stream().filter(Registration::isInAll);
    }

    private List<ShareRequest> wishes(RedisConnection redis, Keys keys, Set<String> used) {
        Map<String, List<String>> queues = queues(keys);
        if (queues.isEmpty()) {
            return List.of();
        }
        Map<String, OwnShare> there = ShareStore.read(redis, keys,
                queues.values().stream().flatMap(List::stream).distinct().toList());
        List<ShareRequest> wishes = new ArrayList<>();
        queues.forEach((id, its) -> {
            VersionedCount granted = all.granted(id, own);
            long outstanding = its.stream()
                    .mapToLong(queue -> Math.max(0, Objects.requireNonNull(there.get(queue)).outstanding())).sum();
            if (its.stream().noneMatch(used::contains) && (outstanding == 0 || outstanding < granted.frames())) {
                wishes.add(new ShareRequest(id, 0, granted.version(), outstanding == 0 ? -1 : outstanding));
            }
        });
        return wishes;
    }

    /** Id of a processor that is gone and of which we have some → keys of the queues that it read. */
    private Map<String, List<String>> queues(Keys keys) {
        Set<String> ids = shared().map(Registration::id).collect(Collectors.toSet());
        String ours = " " + own;
        Map<String, List<String>> queues = new TreeMap<>();
        all.granted().keySet().stream().filter(field -> field.endsWith(ours))
                .map(field -> field.substring(0, field.length() - ours.length())).filter(id -> !ids.contains(id))
                .forEach(id -> {
                    List<String> its = Stream.concat(registered.stream(), departed.stream())
                            .filter(one -> one.id().equals(id))
                            .map(one -> keys.queue(one.queue())).toList();
                    queues.put(id, its.isEmpty() ? List.of(keys.queue(Keys.READY + id)) : its);
                });
        return queues;
    }
}
