package framebuffer.orchestrator.observability.search;

import framebuffer.orchestrator.observability.journey.JournalReader;
import framebuffer.orchestrator.observability.journey.JournalStep;
import framebuffer.orchestrator.observability.journey.JournalStep.HandOffStep;
import framebuffer.orchestrator.observability.journey.JournalStep.TerminalStep;
import framebuffer.orchestrator.observability.journey.Journey.FrameState;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.StreamEntry;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import framebuffer.wire.control.Registration;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the journal of one partition from a position towards older steps, page by page, until it has enough frames or pages. */
final class JournalScan {
    private static final int PAGES_AT_ONCE = 16;
    /** Parts that are asked of Redis in one go whether a later step exists. */
    private static final int AT_ONCE = 128;
    /** An instance writes a step at most this long after it, unless it loses the step. */
    private static final Duration WRITTEN_WITHIN = Duration.ofSeconds(10);
    /** Most by which the clock of an instance is ahead of Redis's clock. */
    private static final Duration AHEAD = Duration.ofSeconds(1);

    private final RedisConnection redis;
    private final Keys keys;
    private final FrameFilter filter;
    private final int limit;
    private final FramePlaces places;
    private final List<ScannedFrame> found = new ArrayList<>();

    /** A frame and the position at which the search goes on behind it. */
    record ScannedFrame(FoundFrame frame, SearchPosition position) {
    }

    /**
     * What was found.
     *
     * @param frames newest first, as far as the instances wrote their pages in order
     * @param end where the search goes on behind all that was read
     */
    record ScanResult(List<ScannedFrame> frames, SearchPosition end) {
        /** No frame behind this result is newer. */
        Instant floor() {
            return end.isEnd() ? Instant.MIN : end.page().time();
        }
    }

    /** A part of a frame on a page. */
    record ScannedPart(JournalStep step, String capability, String name, @Nullable String processor,
            SearchPosition position) {
    }

    JournalScan(RedisConnection redis, Keys keys, Collection<Registration> queues, FrameFilter filter, int limit) {
        this.redis = redis;
        this.keys = keys;
        this.filter = filter;
        this.limit = limit;
        this.places = new FramePlaces(redis, keys, queues);
    }

    /** Scans at most so many pages. */
    ScanResult scan(SearchPosition from, int pages) {
        SearchPosition position = start(from);
        for (int looked = 0; looked < pages && !position.isEnd(); looked += PAGES_AT_ONCE) {
            List<StreamEntry> some = JournalReader.newest(redis, keys, position.upTo(), PAGES_AT_ONCE);
            List<ScannedPart> parts = new ArrayList<>();
            for (StreamEntry page : some) {
                parts.addAll(parts(page, position).reversed());
            }
            if (add(parts)) {
                return new ScanResult(found, found.getLast().position());
            }
            position = some.size() < PAGES_AT_ONCE || isBefore(some.getLast().id())
                    ? SearchPosition.END
                    : new SearchPosition(some.getLast().id(), 0);
        }
        return new ScanResult(found, position);
    }

    private SearchPosition start(SearchPosition from) {
        if (filter.to() == null) {
            return from;
        }
        EntryId last = new EntryId(Math.max(0, filter.to().plus(WRITTEN_WITHIN).toEpochMilli()), -1);
        return last.compareTo(from.page()) < 0 ? new SearchPosition(last, 0) : from;
    }

    /** Whether all steps of the page, and of older ones, are too old. */
    private boolean isBefore(EntryId page) {
        return filter.from() != null && page.time().isBefore(filter.from().minus(AHEAD));
    }

    /** Adds the frames that match; returns whether there are enough. */
    private boolean add(List<ScannedPart> parts) {
        List<ScannedPart> matching = parts.stream()
                .filter(part -> FrameFilter.isOrAny(filter.state(), places.state(part))).toList();
        for (int from = 0; from < matching.size(); from += AT_ONCE) {
            for (ScannedPart part : places.last(matching.subList(from, Math.min(matching.size(), from + AT_ONCE)))) {
                found.add(new ScannedFrame(frame(part, places.state(part)), part.position()));
                if (found.size() == limit) {
                    return true;
                }
            }
        }
        return false;
    }

    private List<ScannedPart> parts(StreamEntry entry, SearchPosition before) {
        byte[] page = JournalReader.page(entry);
        List<ScannedPart> parts = new ArrayList<>();
        if (page == null) {
            return parts;
        }
        long end = entry.id().equals(before.page()) && before.step() > 0 ? before.step() : Long.MAX_VALUE;
        JournalReader.steps(page, filter::admits, (step, line) -> {
            if (filter.admits(step)) {
                for (int part = 0; part < step.parts().size(); part++) {
                    String capability = step.capabilities().isEmpty() ? "" : step.capabilities().get(part);
                    String processor = step instanceof HandOffStep handOff
                            ? handOff.choices().get(part).processor()
                            : null;
                    long number = SearchPosition.step(line, part);
                    if (number < end && filter.admits(capability, processor)) {
                        parts.add(new ScannedPart(step, capability, step.parts().get(part), processor,
                                new SearchPosition(entry.id(), number)));
                    }
                }
            }
        });
        return parts;
    }

    private static FoundFrame frame(ScannedPart part, FrameState state) {
        JournalStep step = part.step();
        return switch (step) {
            case HandOffStep handOff -> new FoundFrame(step.frameId(), step.cameraId(), step.captureId(),
                    part.capability(), state, null, null, part.processor(), handOff.attempt(), step.at());
            case TerminalStep end -> new FoundFrame(step.frameId(), step.cameraId(), step.captureId(),
                    part.capability(), state, end.reason(), end.detail(), null, 0, step.at());
        };
    }
}
