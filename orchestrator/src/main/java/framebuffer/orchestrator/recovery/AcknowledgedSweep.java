package framebuffer.orchestrator.recovery;

import framebuffer.streams.RedisConnection;
import framebuffer.streams.RedisLoop;
import framebuffer.streams.work.Sweep;
import framebuffer.wire.Keys;
import framebuffer.wire.processor.Registration;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes from work queues what a processor acknowledged without deleting it. */
public final class AcknowledgedSweep implements RedisLoop.Work {
    private static final Logger log = LoggerFactory.getLogger(AcknowledgedSweep.class);
    private static final Duration REST = Duration.ofMillis(25);

    private final Keys keys;
    private final Supplier<? extends Collection<Registration>> processors;
    private final Sweep sweep;
    private final Set<String> refused = new HashSet<>();

    /**
     * @param processors
     *            all whose queues may hold entries
     */
    public AcknowledgedSweep(Keys keys, Supplier<? extends Collection<Registration>> processors) {
        this.keys = keys;
        this.processors = processors;
        this.sweep = new Sweep(keys);
    }

    @Override
    public Duration rest() {
        return REST;
    }

    @Override
    public void turn(RedisConnection redis) {
        Map<String, String> queues = new LinkedHashMap<>();
        processors.get().forEach(processor -> queues.put(keys.queue(processor.queue()), processor.id()));
        sweep.keepOnly(queues.keySet());
        sweep.sweep(redis, queues).forEach(this::say);
    }

    private void say(String queue, Sweep.Swept swept) {
        switch (swept) {
            case Sweep.Removed _ -> {
                if (refused.remove(queue)) {
                    log.info("queue {} can be swept again", queue);
                }
            }
            case Sweep.Refused(String why) -> {
                if (refused.add(queue)) {
                    log.warn("cannot sweep queue {}: {}", queue, why);
                }
            }
        }
    }
}
