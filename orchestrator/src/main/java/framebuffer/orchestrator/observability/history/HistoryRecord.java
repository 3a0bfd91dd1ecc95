package framebuffer.orchestrator.observability.history;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.orchestrator.observability.stats.Ledger.LedgerCounts;
import framebuffer.redis.queues.CompletionCounts;
import framebuffer.redis.queues.CompletionCounts.CompletionReading;
import framebuffer.wire.text.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Everything counted until one moment. What happened between two moments is the difference of their records, so a record can be removed
 * without a change of what the others say.
 *
 * @param counts frames by the ledger
 * @param buckets completed frames by time since capture, see {@link CompletionCounts}
 * @param backlog of the capture streams
 * @param processors processor → its utilization
 * @param capabilities capability → the utilization of the processors that offer it
 */
record HistoryRecord(Instant at, LedgerCounts counts, List<Long> buckets, SampleSum backlog,
        Map<String, SampleSum> processors, Map<String, SampleSum> capabilities) {
    HistoryRecord {
        buckets = List.copyOf(buckets);
        processors = Map.copyOf(processors);
        capabilities = Map.copyOf(capabilities);
    }

    /**
     * The sum of samples.
     *
     * @param thousandths the sum, in thousandths
     */
    record SampleSum(long thousandths, long samples) {
        static final SampleSum NONE = new SampleSum(0, 0);

        static SampleSum of(double sample) {
            return new SampleSum(Math.round(sample * 1_000), 1);
        }

        SampleSum plus(SampleSum other) {
            return new SampleSum(thousandths + other.thousandths, samples + other.samples);
        }

        /** The sum of the samples since then. If there were more samples then, this sum began anew. */
        SampleSum since(@Nullable SampleSum then) {
            return then == null || then.samples > samples || then.thousandths > thousandths
                    ? this
                    : new SampleSum(thousandths - then.thousandths, samples - then.samples);
        }

        double mean() {
            return samples == 0 ? 0 : thousandths / 1_000.0 / samples;
        }

        private ArrayNode json() {
            return JsonNodeFactory.instance.arrayNode().add(thousandths).add(samples);
        }

        private static SampleSum decode(JsonNode json) {
            return new SampleSum(json.path(0).asLong(), json.path(1).asLong());
        }
    }

    static List<Long> buckets(CompletionReading completed) {
        return IntStream.range(0, CompletionCounts.BUCKETS).mapToObj(completed::bucket).toList();
    }

    /** As text, for Redis. */
    String encode() {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("at", at.toEpochMilli());
        json.putArray("counts").add(counts.captured()).add(counts.done()).add(counts.dead()).add(counts.lost());
        counts.shed().forEach(json.putObject("shed")::put);
        ArrayNode all = json.putArray("buckets");
        buckets.forEach(all::add);
        json.set("backlog", backlog.json());
        ObjectNode byProcessor = json.putObject("processors");
        new TreeMap<>(processors).forEach((id, sum) -> byProcessor.set(id, sum.json()));
        ObjectNode byCapability = json.putObject("capabilities");
        new TreeMap<>(capabilities).forEach((name, sum) -> byCapability.set(name, sum.json()));
        return new String(Json.bytes(json), StandardCharsets.UTF_8);
    }

    /** Null: the text is no record, because others wrote it. */
    static @Nullable HistoryRecord decode(byte[] text) {
        JsonNode json = Json.value(text);
        if (json == null || !json.path("at").isIntegralNumber() || !json.path("counts").isArray()
                || json.path("buckets").size() != CompletionCounts.BUCKETS) {
            return null;
        }
        Map<String, Long> shed = new TreeMap<>();
        json.path("shed").properties().forEach(one -> shed.put(one.getKey(), one.getValue().asLong()));
        long[] counts = LongStream.range(0, 4).map(i -> json.path("counts").path((int) i).asLong()).toArray();
        List<Long> buckets = new ArrayList<>();
        json.path("buckets").forEach(one -> buckets.add(one.asLong()));
        return new HistoryRecord(Instant.ofEpochMilli(json.path("at").asLong()),
                new LedgerCounts(counts[0], counts[1], shed, counts[2], counts[3]), buckets,
                SampleSum.decode(json.path("backlog")), sums(json.path("processors")),
                sums(json.path("capabilities")));
    }

    private static Map<String, SampleSum> sums(JsonNode json) {
        Map<String, SampleSum> sums = new TreeMap<>();
        json.properties().forEach(one -> sums.put(one.getKey(), SampleSum.decode(one.getValue())));
        return sums;
    }
}
