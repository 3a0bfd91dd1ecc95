package framebuffer.bridge.results;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.wire.frame.StoredResult;
import framebuffer.wire.frame.StoredResult.ObjectFinding;
import framebuffer.wire.text.Timestamps;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A result as JSON for others, at most 40 kB (docs/integrations.md). */
public final class DetectionJson {
    /** Most findings. */
    public static final int MOST_FINDINGS = 100;
    /** Longest label, in characters; longer ones are cut. */
    public static final int LONGEST_LABEL = 128;

    private DetectionJson() {
    }

    /** All findings of a result. */
    public static ObjectNode of(StoredResult result) {
        return of(result, result.objects());
    }

    /**
     * A result with some of its findings.
     *
     * @param objects the findings; {@code count} is their number, even if not all fit
     */
    public static ObjectNode of(StoredResult result, List<ObjectFinding> objects) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("frame_id", result.frameId())
                .put("camera", result.cameraId()).put("capability", result.capability())
                .put("processor", result.processorId()).put("time", Timestamps.micros(result.processedAt()))
                .put("count", objects.size());
        for (String side : List.of("width", "height")) {
            if (result.result().path(side).canConvertToInt()) {
                json.put(side, result.result().path(side).asInt());
            }
        }
        ArrayNode findings = json.putArray("findings");
        objects.stream().limit(MOST_FINDINGS).forEach(object -> findings.add(finding(object)));
        return json;
    }

    private static ObjectNode finding(ObjectFinding object) {
        ObjectNode finding = JsonNodeFactory.instance.objectNode().put("label", cut(object.label()));
        Double score = object.score();
        if (score != null) {
            finding.put("score", score);
        }
        if (!object.box().isEmpty()) {
            ArrayNode box = finding.putArray("box");
            object.box().forEach(edge -> box.add(Math.round(edge * 10) / 10.0));
        }
        return finding;
    }

    /** The labels of the findings that the JSON contains. */
    public static Set<String> labels(StoredResult result) {
        Set<String> labels = new LinkedHashSet<>();
        result.objects().stream().limit(MOST_FINDINGS).map(object -> cut(object.label()))
                .filter(label -> !label.isEmpty()).forEach(labels::add);
        return labels;
    }

    private static String cut(String label) {
        return label.length() <= LONGEST_LABEL ? label : label.substring(0, LONGEST_LABEL);
    }
}
