package framebuffer.wire.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.wire.text.Decoded.FieldProblem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Parses the members of a JSON object and collects all problems. Other members are ignored. */
public final class JsonReader {
    private final ObjectNode object;
    private final List<FieldProblem> problems = new ArrayList<>(0);

    public JsonReader(ObjectNode object) {
        this.object = object;
    }

    public List<FieldProblem> problems() {
        return problems;
    }

    public void problem(String field, String reason) {
        problems.add(new FieldProblem(field, reason));
    }

    /** Adds a problem for each other member, with the most similar known name. */
    public void only(List<String> known) {
        object.fieldNames().forEachRemaining(field -> {
            if (!known.contains(field)) {
                problem(field,
                        "is not known" + NearestName.to(field, known).map(meant -> "; did you mean " + meant + "?")
                                .orElse("; known are " + String.join(", ", known)));
            }
        });
    }

    public boolean has(String field) {
        return object.hasNonNull(field);
    }

    /** Text in a given form; null if missing or invalid. */
    public @Nullable String text(String field, Predicate<String> form, String reason) {
        JsonNode node = object.path(field);
        if (node.isMissingNode() || node.isNull()) {
            return null;
        }
        if (!node.isTextual() || !form.test(node.asText())) {
            problem(field, reason);
            return null;
        }
        return node.asText();
    }

    /** Like {@link #text}, but required: a problem and an empty text if missing. */
    public String required(String field, Predicate<String> form, String reason) {
        String text = text(field, form, reason);
        if (text == null && !has(field)) {
            problem(field, "is missing");
        }
        return text == null ? "" : text;
    }

    /** A list of texts in a given form, without duplicates; empty if missing or invalid. */
    public List<String> texts(String field, Predicate<String> form, String reason) {
        JsonNode node = object.path(field);
        if (!node.isArray()) {
            if (has(field)) {
                problem(field, "must be a list");
            }
            return List.of();
        }
        Set<String> texts = new LinkedHashSet<>();
        for (JsonNode item : node) {
            if (!item.isTextual() || !form.test(item.asText())) {
                problem(field, reason);
                return List.of();
            }
            texts.add(item.asText());
        }
        return List.copyOf(texts);
    }

    /** An integer within bounds; {@code absent} if missing or invalid. */
    public long integer(String field, FieldReader.IntegerRange range, long absent) {
        JsonNode node = object.path(field);
        if (node.isMissingNode() || node.isNull()) {
            return absent;
        }
        if (node.isIntegralNumber() && node.canConvertToLong() && node.asLong() >= range.least()
                && node.asLong() <= range.most()) {
            return node.asLong();
        }
        problem(field, "must be an integer " + range);
        return absent;
    }

    /** A number of at least 0; null if missing or invalid. */
    public @Nullable Double number(String field) {
        JsonNode node = object.path(field);
        if (node.isMissingNode() || node.isNull()) {
            return null;
        }
        if (!node.isNumber() || !(node.asDouble() >= 0) || Double.isInfinite(node.asDouble())) {
            problem(field, "must be a number of at least 0");
            return null;
        }
        return node.asDouble();
    }

    /** Seconds, from one second to one hour; null if missing or invalid. */
    public @Nullable Duration seconds(String field) {
        JsonNode node = object.path(field);
        if (node.isMissingNode() || node.isNull()) {
            return null;
        }
        if (!node.isNumber() || !(node.asDouble() >= 1 && node.asDouble() <= 3_600)) {
            problem(field, "must be from 1 to 3600 seconds");
            return null;
        }
        return Duration.ofMillis(Math.round(node.asDouble() * 1_000));
    }
}
