package framebuffer.orchestrator.observability.journey;

import framebuffer.orchestrator.observability.journey.RecordedStep.RecordedCandidate;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.handoff.FrameSource.SourceKind;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import framebuffer.wire.text.Fields;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ObjIntConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Searches the journal pages of all instances. */
public final class JournalReader {
    private static final int PAGES = 64;

    private JournalReader() {
    }

    /** The steps of frames with this id, oldest first. Malformed pages are skipped. */
    static List<RecordedStep> find(RedisConnection redis, Keys keys, String frameId) {
        JournalPageReader reader = new JournalPageReader(frameId);
        List<RecordedStep> found = new ArrayList<>();
        String from = "-";
        List<StreamEntry> pages;
        do {
            pages = entries(redis, "XRANGE", keys.journey(), from, "+", "COUNT", PAGES);
            for (StreamEntry entry : pages) {
                byte[] page = page(entry);
                String instance = entry.fields() == null ? null : entry.fields().text("instance");
                if (page != null && instance != null) {
                    found.addAll(reader.find(page, instance));
                }
                from = "(" + entry.id();
            }
        } while (pages.size() == PAGES);
        return found;
    }

    /** The newest pages, newest first. */
    public static List<StreamEntry> newest(RedisConnection redis, Keys keys, int most) {
        return newest(redis, keys, "+", most);
    }

    /** The newest pages up to this id, newest first; with {@code (} before the id, that page is left out. */
    public static List<StreamEntry> newest(RedisConnection redis, Keys keys, String upTo, int most) {
        return entries(redis, "XREVRANGE", keys.journey(), upTo, "-", "COUNT", most);
    }

    /** The content of a page; null when the entry is no page. */
    public static byte @Nullable [] page(StreamEntry entry) {
        Fields fields = entry.fields();
        return fields == null ? null : fields.get("page");
    }

    /**
     * Decodes the steps of a page, in order, and stops at a malformed line.
     *
     * @param wanted whether to decode the step on this line
     * @param found receives each wanted step and the number of its line
     */
    public static void steps(byte[] page, Predicate<String> wanted, ObjIntConsumer<JournalStep> found) {
        String[] lines = new String(page, StandardCharsets.UTF_8).split("\n", -1);
        Instant at = Instant.EPOCH;
        try {
            for (int number = 0; number < lines.length; number++) {
                String line = lines[number];
                if (line.startsWith("L\t")) {
                    at = Instant.EPOCH.plus(Long.parseLong(line.split("\t", 3)[1]), ChronoUnit.MICROS);
                } else if ((line.startsWith("H\t") || line.startsWith("E\t")) && wanted.test(line)) {
                    String[] values = line.split("\t", -1);
                    found.accept(values[0].equals("H")
                            ? JournalPageReader.handOff(values, at)
                            : JournalPageReader.terminal(values, at), number);
                }
            }
        } catch (IllegalArgumentException | IndexOutOfBoundsException | DateTimeException | ArithmeticException e) {
            // A malformed line was not written by the service; neither were the lines after it.
            return;
        }
    }

    private static List<StreamEntry> entries(RedisConnection redis, String command, Object... arguments) {
        try {
            return Replies.entries(redis.call(command, arguments));
        } catch (RedisRefused e) {
            // The key is no stream.
            return List.of();
        }
    }

    /** Finds the steps of one frame on pages. Skips malformed parts, which other programs have written. */
    public static final class JournalPageReader {
        private static final int LAST_OF_FRAME = 3;

        private final String frameId;
        private final List<byte[]> marks;

        JournalPageReader(String frameId) {
            this.frameId = frameId;
            StringBuilder name = new StringBuilder();
            JournalPageWriter.name(name, frameId);
            this.marks = List.of(("\nH\t" + name + '\t').getBytes(StandardCharsets.UTF_8),
                    ("\nE\t" + name + '\t').getBytes(StandardCharsets.UTF_8));
        }

        /** The steps of the frame on this page, in order. */
        List<RecordedStep> find(byte[] page, String instance) {
            if (marks.stream().noneMatch(mark -> contains(page, mark))) {
                return List.of();
            }
            List<RecordedStep> found = new ArrayList<>();
            List<String[]> batch = new ArrayList<>();
            String[] processors = {"P"};
            for (String line : new String(page, StandardCharsets.UTF_8).split("\n", -1)) {
                String[] values = line.split("\t", -1);
                switch (values[0]) {
                    case "P" -> {
                        found(batch, processors, instance, found);
                        processors = values;
                    }
                    case "L" -> {
                        found(batch, processors, instance, found);
                        batch.add(values);
                    }
                    case "H", "E" -> batch.add(values);
                    default -> {
                        // Not written by the service.
                    }
                }
            }
            found(batch, processors, instance, found);
            return found;
        }

        private void found(List<String[]> batch, String[] processors, String instance, List<RecordedStep> found) {
            try {
                batch(batch, processors, instance, found);
            } catch (RuntimeException e) {
                // A malformed batch was not written by the service.
                batch.clear();
            }
            batch.clear();
        }

        private void batch(List<String[]> lines, String[] processors, String instance, List<RecordedStep> found) {
            if (lines.isEmpty()) {
                return;
            }
            Instant at = Instant.EPOCH.plus(Long.parseLong(lines.getFirst()[1]), ChronoUnit.MICROS);
            Map<String, Integer> outstanding = before(lines, processors);
            for (String[] line : lines.subList(1, lines.size())) {
                boolean asked = name(line[1]).equals(frameId);
                if (line[0].equals("H")) {
                    JournalStep.HandOffStep step = handOff(line, at);
                    if (asked) {
                        found.add(new RecordedStep(step, instance, candidates(processors, outstanding)));
                    }
                    step.choices().forEach(choice -> outstanding.merge(choice.processor(), 1, Integer::sum));
                } else if (asked) {
                    found.add(new RecordedStep(terminal(line, at), instance, List.of()));
                }
            }
        }

        /** Outstanding frames of each processor before the first decision of the batch. */
        private static Map<String, Integer> before(List<String[]> lines, String[] processors) {
            Map<String, Integer> outstanding = new HashMap<>();
            String[] after = lines.getFirst()[2].split("\u001f", -1);
            for (int place = 1; place < processors.length; place++) {
                outstanding.put(processors[place].split("\u001f", 2)[0], Integer.parseInt(after[place - 1]));
            }
            for (String[] line : lines.subList(1, lines.size())) {
                if (line[0].equals("H")) {
                    choices(line).forEach(choice -> outstanding.computeIfPresent(choice.processor(), (_, n) -> n - 1));
                }
            }
            return outstanding;
        }

        private static List<RecordedCandidate> candidates(String[] processors, Map<String, Integer> outstanding) {
            List<RecordedCandidate> candidates = new ArrayList<>(processors.length);
            for (String processor : Arrays.asList(processors).subList(1, processors.length)) {
                String[] parts = processor.split("\u001f", -1);
                candidates.add(new RecordedCandidate(parts[0], Integer.parseInt(parts[1]),
                        Arrays.stream(parts, 2, parts.length).map(JournalPageReader::name).toList(),
                        Math.max(-1, outstanding.getOrDefault(parts[0], -1))));
            }
            return candidates;
        }

        /** Decodes a line that begins with H. */
        public static JournalStep.HandOffStep handOff(String[] line, Instant at) {
            return new JournalStep.HandOffStep(name(line[1]), name(line[2]), EntryId.parse(line[LAST_OF_FRAME]), at,
                    at.minus(Long.parseLong(line[4]), ChronoUnit.MICROS), JournalToken.from(line[5]), orNull(line[6]),
                    orNull(line[7]), Integer.parseInt(line[8]), line[9], JournalToken.outcome(line[10]), choices(line));
        }

        /** Decodes a line that begins with E. An older version of the service wrote no source and no capabilities. */
        private static JournalStep.TerminalStep terminal(String[] line, Instant at) {
            return new JournalStep.TerminalStep(name(line[1]), name(line[2]), EntryId.parse(line[LAST_OF_FRAME]), at,
                    JournalToken.ending(line[4]), line[5], name(line[6]),
                    line.length > 7 ? JournalToken.from(line[7]) : SourceKind.CAPTURE,
                    Arrays.stream(line).skip(8).map(JournalPageReader::name).toList());
        }

        private static List<JournalStep.StepTarget> choices(String[] line) {
            return Arrays.stream(line, 11, line.length).map(choice -> choice.split("\u001f", 2))
                    .map(parts -> new JournalStep.StepTarget(name(parts[0]), parts[1])).toList();
        }

        private static @Nullable String orNull(String value) {
            return value.isEmpty() ? null : value;
        }

        /** Reverses {@link JournalPageWriter#name}. */
        private static String name(String written) {
            if (written.indexOf('\\') < 0) {
                return written;
            }
            StringBuilder name = new StringBuilder(written.length());
            for (int i = 0; i < written.length(); i++) {
                char c = written.charAt(i);
                if (c == '\\' && i + 1 < written.length()) {
                    char control = (char) (written.charAt(++i) - '@');
                    name.append(control == ' ' ? '\\' : control);
                } else {
                    name.append(c);
                }
            }
            return name.toString();
        }

        private static boolean contains(byte[] page, byte[] mark) {
            for (int i = 0; i <= page.length - mark.length; i++) {
                if (page[i] == '\n' && Arrays.equals(page, i, i + mark.length, mark, 0, mark.length)) {
                    return true;
                }
            }
            return false;
        }
    }
}
