package framebuffer.orchestrator.observability.journey;

import framebuffer.orchestrator.observability.journey.JournalStep.StepBatch;
import framebuffer.orchestrator.pipeline.routing.ProcessorLoads;
import framebuffer.wire.control.Registration;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * Writes steps as a page of text, one line each, so that a page can be searched without decoding it. A line begins with a letter, and
 * tabs separate its values; a unit separator separates parts of a value.
 *
 * <pre>
 * P  processor: id, capacity, capability…                              those that could be chosen, from here on
 * L  at (µs)  outstanding, …                                           a batch, and how many each had outstanding then
 * H  frame  camera  capture id  read (µs before)  from  holder  avoid  attempt  trace  outcome  choice: capability, processor…
 * E  frame  camera  capture id  ending  reason  detail  from  capability…
 * </pre>
 */
public final class JournalPageWriter {
    static final char TAB = '\t';
    static final char UNIT = '\u001f';

    private final StringBuilder text = new StringBuilder(20_000);
    private List<Registration> processors = List.of();

    /** Length of the page so far, in characters. */
    public int length() {
        return text.length();
    }

    /** Returns the page, and begins the next one. */
    public byte[] finish() {
        byte[] page = text.toString().getBytes(StandardCharsets.UTF_8);
        text.setLength(0);
        processors = List.of();
        return page;
    }

    /** Adds the steps of one batch. */
    public void add(StepBatch batch) {
        ProcessorLoads loads = batch.loads();
        if (text.isEmpty() || !loads.processors().equals(processors)) {
            processors = loads.processors();
            processors(processors);
        }
        text.append("\nL\t").append(micros(batch.at())).append(TAB);
        for (int place = 0; place < processors.size(); place++) {
            text.append(place == 0 ? "" : UNIT).append(loads.outstanding(place).orElse(-1));
        }
        batch.steps().forEach(step -> {
            switch (step) {
                case JournalStep.HandOffStep handOff -> add(handOff);
                case JournalStep.TerminalStep end -> add(end);
            }
        });
    }

    private void processors(List<Registration> all) {
        text.append("\nP");
        for (Registration one : all) {
            text.append(TAB).append(one.id()).append(UNIT).append(one.capacity());
            one.capabilities().forEach(capability -> name(text.append(UNIT), capability));
        }
    }

    private void add(JournalStep.HandOffStep step) {
        frame('H', step);
        text.append(TAB).append(Math.max(0, Duration.between(step.readAt(), step.at()).toNanos() / 1_000)).append(TAB)
                .append(JournalToken.of(step.from())).append(TAB).append(step.holder() == null ? "" : step.holder())
                .append(TAB).append(step.avoid() == null ? "" : step.avoid()).append(TAB).append(step.attempt())
                .append(TAB).append(step.trace()).append(TAB).append(JournalToken.of(step.outcome()));
        for (JournalStep.StepTarget choice : step.choices()) {
            name(text.append(TAB), choice.capability());
            text.append(UNIT).append(choice.processor());
        }
    }

    private void add(JournalStep.TerminalStep step) {
        frame('E', step);
        text.append(TAB).append(JournalToken.of(step.ending())).append(TAB).append(step.reason());
        name(text.append(TAB), step.detail());
        text.append(TAB).append(JournalToken.of(step.from()));
        step.capabilities().forEach(capability -> name(text.append(TAB), capability));
    }

    private void frame(char letter, JournalStep step) {
        name(text.append('\n').append(letter).append(TAB), step.frameId());
        name(text.append(TAB), step.cameraId());
        step.captureId().appendTo(text.append(TAB));
    }

    /** Escapes characters that would end a value, because a name may contain any. */
    static void name(StringBuilder out, String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c < ' ' || c == '\\') {
                out.append('\\').append((char) ('@' + (c == '\\' ? 32 : c)));
            } else {
                out.append(c);
            }
        }
    }

    static long micros(Instant at) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, at);
    }
}
