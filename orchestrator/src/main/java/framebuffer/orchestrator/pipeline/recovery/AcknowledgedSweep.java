package framebuffer.orchestrator.pipeline.recovery;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.queues.QueueSweep;
import framebuffer.wire.Keys;
import framebuffer.wire.control.Registration;
import framebuffer.wire.text.Fields;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes entries from work queues that a processor acknowledged without deleting them, then reconciles the ledger. */
public final class AcknowledgedSweep implements RedisLoop.Work {
    private static final Logger log = LoggerFactory.getLogger(AcknowledgedSweep.class);
    /** Pause while there are entries to remove. */
    private static final Duration SHORT_REST = Duration.ofMillis(25);
    private static final Duration LONGEST_REST = Duration.ofMillis(100);
    /** The longest pause grows by this with each queue: a check of a thousand queues takes Redis milliseconds. */
    private static final Duration REST_FOR_EACH = Duration.ofMillis(1);

    private final Keys keys;
    private final Supplier<? extends Collection<Registration>> processors;
    private final QueueSweep sweep;
    private final LedgerReconciler reconciler;
    private final Consumer<Fields> ended;
    private final Set<String> refused = new HashSet<>();
    private Duration rest = SHORT_REST;

    /**
     * @param processors all processors whose queues may hold entries
     * @param ended receives the fields that name the pixels of each frame that ended so
     */
    public AcknowledgedSweep(Keys keys, Supplier<? extends Collection<Registration>> processors,
            LedgerReconciler reconciler, Consumer<Fields> ended) {
        this.keys = keys;
        this.processors = processors;
        this.sweep = new QueueSweep(keys);
        this.reconciler = reconciler;
        this.ended = ended;
    }

    @Override
    public Duration rest() {
        return rest;
    }

    @Override
    public void runOnce(RedisConnection redis) {
        Map<String, String> queues = new LinkedHashMap<>();
        processors.get().forEach(processor -> queues.put(keys.queue(processor.queue()), processor.id()));
        sweep.keepOnly(queues.keySet());
        Map<String, QueueSweep.SweepResult> swept = sweep.sweep(redis, queues);
        swept.forEach(this::report);
        reconciler.runOnce(redis, queues);
        boolean goesOn = sweep.goesOn() || swept.values().stream()
                .anyMatch(one -> one instanceof QueueSweep.Removed removed && removed.entries() > 0);
        // A check costs Redis a quarter of a millisecond for 20 queues, and our own client leaves nothing to remove.
        Duration longest = Collections.max(List.of(LONGEST_REST, REST_FOR_EACH.multipliedBy(queues.size())));
        rest = goesOn ? SHORT_REST : Collections.min(List.of(rest.multipliedBy(2), longest));
    }

    private void report(String queue, QueueSweep.SweepResult swept) {
        switch (swept) {
            case QueueSweep.Removed removed -> {
                removed.ended().forEach(ended);
                if (refused.remove(queue)) {
                    log.info("queue {} can be swept again", queue);
                }
            }
            case QueueSweep.SweepRefused(String why) -> {
                if (refused.add(queue)) {
                    log.warn("cannot sweep queue {}: {}", queue, why);
                }
            }
        }
    }
}
