package framebuffer.orchestrator.recovery;

import framebuffer.streams.RedisConnection;
import framebuffer.streams.RedisLoop;
import framebuffer.streams.RedisRefused;
import framebuffer.streams.work.CaptureTrim;
import framebuffer.streams.work.Sweep;
import framebuffer.wire.Keys;
import framebuffer.wire.processor.Registration;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what is done with: entries that a processor acknowledged without deleting them, and entries of the capture stream that
 * every group on it has read.
 */
public final class AcknowledgedSweep implements RedisLoop.Work {
    private static final Logger log = LoggerFactory.getLogger(AcknowledgedSweep.class);
    private static final Duration REST = Duration.ofMillis(25);

    private final Keys keys;
    private final String group;
    private final Supplier<? extends Collection<Registration>> processors;
    private final Sweep sweep;
    private final Set<String> refused = new HashSet<>();

    /**
     * @param group
     *            ours on the capture stream
     * @param processors
     *            all whose queues may hold entries
     */
    public AcknowledgedSweep(Keys keys, String group, Supplier<? extends Collection<Registration>> processors) {
        this.keys = keys;
        this.group = group;
        this.processors = processors;
        this.sweep = new Sweep(keys);
    }

    @Override
    public Duration rest() {
        return REST;
    }

    @Override
    public void turn(RedisConnection redis) {
        Collection<Registration> all = processors.get();
        sweep.keepOnly(all.stream().map(processor -> keys.queue(processor.queue())).toList());
        all.forEach(processor -> sweep(redis, processor));
        CaptureTrim.trim(redis, keys.capture(), group);
    }

    private void sweep(RedisConnection redis, Registration processor) {
        String queue = keys.queue(processor.queue());
        try {
            sweep.sweep(redis, processor.id(), queue);
            if (refused.remove(queue)) {
                log.info("queue {} can be swept again", queue);
            }
        } catch (RedisRefused e) {
            if (refused.add(queue)) {
                log.warn("cannot sweep queue {}: {}", queue, e.getMessage());
            }
        }
    }
}
