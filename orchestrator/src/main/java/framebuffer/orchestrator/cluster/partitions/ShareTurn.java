package framebuffer.orchestrator.cluster.partitions;

import framebuffer.orchestrator.cluster.partitions.ShareState.Changed;
import framebuffer.orchestrator.cluster.partitions.ShareState.Granted;
import framebuffer.orchestrator.cluster.partitions.ShareState.Observation;
import framebuffer.orchestrator.cluster.partitions.ShareState.Planned;
import framebuffer.orchestrator.cluster.partitions.ShareState.SetGrant;
import framebuffer.orchestrator.cluster.partitions.ShareState.SetShare;
import framebuffer.orchestrator.cluster.partitions.ShareState.ShareRefused;
import framebuffer.orchestrator.cluster.partitions.ShareState.Step;
import framebuffer.redis.tables.ShareStore;
import framebuffer.redis.tables.ShareStore.Grants;
import framebuffer.redis.tables.ShareStore.OwnShare;
import framebuffer.redis.tables.ShareStore.ShareChange;
import framebuffer.redis.tables.ShareStore.VersionedCount;
import framebuffer.wire.control.Registration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TreeMap;

/** One turn of all processors in one partition: sends their commands in batches by kind, and applies the outcomes. */
final class ShareTurn {
    private final ShareStore store;
    /** Key of a queue → its processor. */
    private final Map<String, Registration> processors;
    private final Map<String, Step> steps = new TreeMap<>();

    ShareTurn(ShareStore store, Map<String, Registration> processors) {
        this.store = store;
        this.processors = processors;
        store.read(List.copyOf(processors.keySet())).forEach((queue, own) -> steps.put(queue, ShareState.begin(own)));
        setShares();
    }

    OwnShare share(String queue) {
        return Objects.requireNonNull(steps.get(queue)).state().own();
    }

    /**
     * Lowers shares, then changes grants, then raises shares.
     *
     * @param targets key of a queue → frames that the partition should have of its processor
     */
    void agree(Grants grants, Grants.Reading all, ShareKeeper.Settings settings, Map<String, Long> targets) {
        processors.forEach((queue, one) -> observe(queue, new Planned(
                all.granted(one.id(), settings.own().number()), Objects.requireNonNull(targets.get(queue)))));
        setShares();
        setGrants(grants, settings);
        setShares();
    }

    private void observe(String queue, Observation seen) {
        steps.computeIfPresent(queue, (_, step) -> ShareState.next(step.state(), seen));
    }

    private void setShares() {
        List<ShareChange> changes = new ArrayList<>();
        steps.forEach((queue, step) -> {
            if (step.command() instanceof SetShare(VersionedCount wanted)) {
                changes.add(new ShareChange(queue, step.state().own().share(), wanted));
            }
        });
        Map<String, OwnShare> done = store.set(changes);
        for (ShareChange change : changes) {
            OwnShare own = done.get(change.queue());
            observe(change.queue(), own == null ? new ShareRefused() : new Changed(own));
        }
    }

    private void setGrants(Grants grants, ShareKeeper.Settings settings) {
        List<String> queues = new ArrayList<>();
        List<Grants.GrantChange> changes = new ArrayList<>();
        steps.forEach((queue, step) -> {
            if (step.command() instanceof SetGrant(VersionedCount seen, long wanted)) {
                Registration one = Objects.requireNonNull(processors.get(queue));
                queues.add(queue);
                changes.add(new Grants.GrantChange(one.id(), one.capacity(), seen, OptionalLong.of(wanted)));
            }
        });
        Map<String, VersionedCount> done = grants.set(settings.own().number(), settings.partitions(), changes);
        for (int i = 0; i < changes.size(); i++) {
            VersionedCount granted = done.get(changes.get(i).processor());
            observe(queues.get(i), granted == null ? new ShareRefused() : new Granted(granted));
        }
    }
}
