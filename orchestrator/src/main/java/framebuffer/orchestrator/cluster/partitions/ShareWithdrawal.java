package framebuffer.orchestrator.cluster.partitions;

import framebuffer.redis.cluster.Partition;
import framebuffer.redis.tables.ShareStore;
import framebuffer.redis.tables.ShareStore.Grants;
import framebuffer.redis.tables.ShareStore.Grants.GrantChange;
import framebuffer.redis.tables.ShareStore.OwnShare;
import framebuffer.redis.tables.ShareStore.ShareChange;
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
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Returns the shares of one partition in departed processors, by the steps of {@link ShareState}: lowers the share to nothing, then returns
 * the grant except for outstanding frames, because the processor may come back; removes both when no queue is left. The registry may be a
 * moment old: if the processor has just registered, the next turn requests its share again.
 *
 * @param all the grants of all partitions
 * @param own the partition
 * @param registered the registered processors
 * @param departed unregistered processors whose queues may hold frames
 */
record ShareWithdrawal(Grants.Reading all, Partition own, Collection<Registration> registered,
        Collection<Registration> departed) {
    ShareWithdrawal {
        registered = List.copyOf(registered);
        departed = List.copyOf(departed);
    }

    /** Lowers and removes the shares of processors that are not shared. Returns the grants to give back. */
    List<GrantChange> begin(ShareStore store) {
        Map<String, OwnShare> left = new HashMap<>(store.readAll());
        shared().forEach(one -> left.remove(queue(one)));
        // Only shares that an earlier turn lowered: every process has seen that by now.
        Map<String, OwnShare> unused = new HashMap<>(left);
        unused.values().removeIf(own -> own.share().frames() > 0);
        Map<String, String> owners = new HashMap<>();
        registered.forEach(one -> owners.put(queue(one), one.id()));
        store.remove(unused, owners);
        // A share of nothing also gets a new version, which stops a process that was about to raise it.
        Set<String> used = new HashSet<>(left.keySet());
        used.removeAll(store.set(left.entrySet().stream().map(one -> new ShareChange(one.getKey(),
                one.getValue().share(), VersionedCount.ofNewVersion(0))).toList()).keySet());
        return changes(store, used);
    }

    private Stream<Registration> shared() {
        return registered.stream().filter(Registration::isInAll);
    }

    private String queue(Registration processor) {
        return own.keys().queue(processor.queue());
    }

    private List<GrantChange> changes(ShareStore store, Set<String> used) {
        Map<String, List<String>> queues = queues();
        if (queues.isEmpty()) {
            return List.of();
        }
        Map<String, OwnShare> there = store.read(queues.values().stream().flatMap(List::stream).distinct().toList());
        List<GrantChange> changes = new ArrayList<>();
        queues.forEach((id, its) -> {
            VersionedCount granted = all.granted(id, own.number());
            long outstanding = its.stream()
                    .mapToLong(queue -> Objects.requireNonNull(there.get(queue)).outstanding().orElse(0)).sum();
            if (its.stream().noneMatch(used::contains) && (outstanding == 0 || outstanding < granted.frames())) {
                changes.add(new GrantChange(id, 0, granted,
                        outstanding == 0 ? OptionalLong.empty() : OptionalLong.of(outstanding)));
            }
        });
        return changes;
    }

    /** Departed processor with a grant here → keys of the queues that it read. */
    private Map<String, List<String>> queues() {
        Set<String> ids = shared().map(Registration::id).collect(Collectors.toSet());
        String ours = " " + own.number();
        Map<String, List<String>> queues = new TreeMap<>();
        all.granted().keySet().stream().filter(field -> field.endsWith(ours))
                .map(field -> field.substring(0, field.length() - ours.length())).filter(id -> !ids.contains(id))
                .forEach(id -> {
                    List<String> its = Stream.concat(registered.stream(), departed.stream())
                            .filter(one -> one.id().equals(id)).map(this::queue).toList();
                    queues.put(id, its.isEmpty() ? List.of(own.keys().queue(Keys.READY + id)) : its);
                });
        return queues;
    }
}
