package framebuffer.orchestrator.letters;

import framebuffer.orchestrator.clock.ServiceClock;
import framebuffer.streams.RedisConnection;
import framebuffer.streams.RedisLoop;
import framebuffer.streams.Replies;
import framebuffer.streams.frames.PixelLife;
import framebuffer.streams.letters.DeadLetters;
import framebuffer.streams.letters.DeadLetters.Order;
import framebuffer.streams.letters.DeadLetters.Page;
import framebuffer.streams.letters.DeadLetters.Query;
import framebuffer.streams.letters.DeadLetters.Tidied;
import framebuffer.streams.letters.KeptLetter;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import framebuffer.wire.frame.DeadLetter.Reason;
import framebuffer.wire.processor.Registration;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the dead letters: removes those that are too many or too old, keeps the pixels of the others readable, and hands those
 * off again that only wanted a processor, when one is there.
 *
 * <p>
 * Every instance does all of it; whatever is done to a letter happens once.
 */
public final class LetterKeeper implements RedisLoop.Work {
    private static final Logger log = LoggerFactory.getLogger(LetterKeeper.class);
    private static final Duration REST = Duration.ofMillis(250);
    /** Nothing here need be tidied at once. */
    private static final int TIDY_EVERY = 4;

    /** When Redis's clock was set, perhaps wrongly, nothing is too old until somebody has had time to set it right. */
    private static final Duration DOUBT = Duration.ofHours(1);
    private static final Duration FOR_EVER = Duration.ofDays(36_500);

    private final Settings settings;
    private final ServiceClock clock;
    private final Supplier<Offered> offered;
    private final DeadLetters letters;
    private final PixelRefusals refusals = new PixelRefusals("pixels of dead letters");
    private int turns;
    private String tidied = Tidied.START;
    private EntryId followedUpTo = EntryId.FIRST;
    private Set<String> offeredBefore = Set.of();
    private boolean grown;
    /** Which to look through next for those that only wanted a processor; null: none. */
    private @Nullable Query search;
    private boolean busy;

    /**
     * What it is told.
     *
     * @param most
     *            how many letters are kept
     * @param retention
     *            how long each is kept
     */
    public record Settings(Keys keys, int most, Duration retention) {
    }

    LetterKeeper(Settings settings, Supplier<Offered> offered, ServiceClock clock) {
        this.clock = clock;
        this.settings = settings;
        this.offered = offered;
        this.letters = new DeadLetters(settings.keys());
    }

    /**
     * One of its own.
     *
     * @param available
     *            the processors that may be sent frames
     * @param known
     *            whether it is known who is there
     */
    public static LetterKeeper of(Settings settings,
            Supplier<List<Registration>> available, Supplier<Boolean> known, ServiceClock clock) {
        return new LetterKeeper(settings, () -> {
            // In this order: who is there may be known a moment later, and then the list is still the empty one.
            boolean sure = known.get();
            return Offered.by(available.get(), sure);
        }, clock);
    }

    @Override
    public void connected(RedisConnection redis) {
        followedUpTo = EntryId.FIRST;
        offeredBefore = Set.of();
        search = null;
    }

    @Override
    public Duration rest() {
        return busy ? Duration.ZERO : REST;
    }

    @Override
    public void turn(RedisConnection redis) {
        busy = false;
        if (turns++ % TIDY_EVERY == 0) {
            Tidied done = letters.tidy(redis, settings.most(),
                    clock.wasSetWithin(DOUBT) ? FOR_EVER : settings.retention(), tidied);
            tidied = done.next();
            if (done.removed() > 0) {
                turns = 0;
                busy = true;
            }
        }
        Offered there = offered.get();
        follow(redis, there);
        if (there.known()) {
            notice(there);
            search(redis, there);
        }
    }

    /** New letters: their pixels are kept as long as they are, and the processor that one wanted may have come meanwhile. */
    private void follow(RedisConnection redis, Offered there) {
        Page page = letters.list(redis, new Query(Order.OLDEST_FIRST, followedUpTo, null, null, DeadLetters.STEP));
        if (!page.letters().isEmpty()) {
            Instant now = Replies.time(redis.call("TIME"));
            List<PixelLife.Wish> wishes = new ArrayList<>();
            for (KeptLetter one : page.letters()) {
                Duration left = settings.retention().minus(Duration.between(one.id().time(), now));
                if (left.isPositive()) {
                    wishes.add(new PixelLife.Wish(one.letter().frame(), left));
                }
            }
            refusals.said(PixelLife.extend(redis, settings.keys(), wishes));
            requeue(redis, there, page.letters());
            followedUpTo = page.letters().getLast().id();
        }
        if (page.next() != null) {
            followedUpTo = page.next();
            busy = true;
        }
    }

    private void notice(Offered there) {
        grown |= !offeredBefore.containsAll(there.capabilities());
        offeredBefore = there.capabilities();
        if (grown && search == null) {
            grown = false;
            search = new Query(Order.OLDEST_FIRST, null, null, Reason.NO_PROCESSOR, DeadLetters.STEP);
        }
    }

    private void search(RedisConnection redis, Offered there) {
        if (search != null) {
            Page page = letters.list(redis, search);
            requeue(redis, there, page.letters());
            search = page.next() == null ? null : search.after(page.next());
            busy = true;
        }
    }

    private void requeue(RedisConnection redis, Offered there, List<KeptLetter> some) {
        List<KeptLetter> wanted = some.stream().filter(one -> there.known()
                && one.letter().reason() == Reason.NO_PROCESSOR
                && there.answers(one.letter().needs(settings.keys().capture()))).toList();
        int requeued = letters.requeue(redis, wanted).size();
        if (requeued > 0) {
            log.info("{} frames that were given up on for want of a processor are handed off, for there is one now",
                    requeued);
        }
    }
}
