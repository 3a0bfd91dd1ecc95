package framebuffer.migration.shadow;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.migration.gate.GateStreams;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.wire.EntryId;
import framebuffer.wire.text.Timestamps;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the shadow recorded: whether it agrees with the older service, what this service would have done, and what load it will have. */
public final class ShadowReport {
    private final ShadowTally tally;
    private final LoadForecast forecast;
    private final @Nullable EntryId older;

    private ShadowReport(ShadowTally tally, LoadForecast forecast, @Nullable EntryId older) {
        this.tally = tally;
        this.forecast = forecast;
        this.older = older;
    }

    /** Reads the records that are there now, page by page. */
    public static ShadowReport read(RedisConnection redis, GateStreams streams) {
        ShadowTally tally = new ShadowTally();
        EntryId after = EntryId.FIRST;
        // What comes meanwhile does not matter: otherwise there might be no end.
        int left = ShadowStore.MOST_RECORDS * 2;
        List<StreamEntry> page = ShadowStore.page(redis, streams.keys(), after);
        while (!page.isEmpty() && left > 0) {
            page.stream().map(entry -> ShadowRecord.of(entry.fields())).filter(Objects::nonNull).forEach(tally::add);
            left -= page.size();
            page = ShadowStore.page(redis, streams.keys(), page.getLast().id());
        }
        return new ShadowReport(tally, LoadForecast.of(tally, ProcessorReader.read(redis, streams.keys())),
                olderPosition(redis, streams));
    }

    /** The last frame that the older service has read from the producers' stream; null: it does not read it any more. */
    private static @Nullable EntryId olderPosition(RedisConnection redis, GateStreams streams) {
        try {
            for (Object group : Replies.list(redis.call("XINFO", "GROUPS", streams.keys().produced()))) {
                Map<String, Object> fields = new HashMap<>();
                List<?> flat = Replies.list(group);
                for (int i = 0; i + 1 < flat.size(); i += 2) {
                    fields.put(Replies.text(flat.get(i)), Objects.requireNonNullElse(flat.get(i + 1), ""));
                }
                if (Replies.text(fields.get("name")).equals(streams.legacyGroup())) {
                    return EntryId.parse(Replies.text(fields.get("last-delivered-id")));
                }
            }
            return null;
        } catch (RedisRefused e) {
            // Without the stream there is no group.
            if (e.code().equals("ERR")) {
                return null;
            }
            throw e;
        }
    }

    /** Whether nothing was recorded. */
    public boolean isEmpty() {
        return tally.frames() == 0;
    }

    /** For people, in Markdown. */
    public String markdown() {
        return new ShadowMarkdown(json()).text();
    }

    /** As JSON. */
    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ShadowRecord first = tally.first();
        ShadowRecord last = tally.last();
        ObjectNode recorded = json.putObject("recorded").put("frames", tally.frames());
        if (first != null && last != null) {
            recorded.put("from", Timestamps.micros(first.decidedAt())).put("to", Timestamps.micros(last.decidedAt()))
                    .put("frames_per_second", rounded(tally.frames() / tally.seconds()));
        }
        counts(json.putObject("outcomes"), tally.outcomes());
        counts(json.putObject("reasons"), tally.reasons());
        agreement(json.putObject("agreement"));
        needs(json.putArray("needs"));
        forecast(json.putObject("forecast"));
        return json;
    }

    private void agreement(ObjectNode json) {
        ShadowRecord last = tally.last();
        EntryId position = older != null ? older : last == null ? EntryId.FIRST : last.older();
        long unread = tally.unread(position);
        json.put("older_reads", older != null).put("read_by_decision", tally.readByDecision())
                .put("read", tally.frames() - unread).put("unread", unread).put("out_of_order", tally.outOfOrder());
        quantiles(json.putObject("ours_age_ms"), tally.ourAges());
        quantiles(json.putObject("older_age_ms_at_most"), tally.olderAges());
    }

    private void needs(ArrayNode json) {
        tally.needs().forEach((need, one) -> {
            ObjectNode row = json.addObject().put("camera_id", need.camera()).put("capability", need.capability())
                    .put("frames", one.frames());
            counts(row.putObject("outcomes"), one.outcomes);
            counts(row.putObject("reasons"), one.reasons);
            quantiles(row.putObject("wait_ms"), one.waits);
            ObjectNode shares = row.putObject("processors");
            one.processors.forEach((id, frames) -> shares.put(id, rounded((double) frames / one.waits.size())));
        });
    }

    private void forecast(ObjectNode json) {
        ArrayNode processors = json.putArray("processors");
        forecast.processors().forEach(load -> processors.addObject().put("processor_id", load.processor().id())
                .put("processing_ms", load.processor().micros() / 1e3).put("measured", load.measured())
                .put("concurrency", load.processor().concurrency()).put("frames_per_second", rounded(load.perSecond()))
                .put("utilization", rounded(load.utilization())));
        ArrayNode capabilities = json.putArray("capabilities");
        forecast.capabilities().forEach(load -> capabilities.addObject().put("capability", load.capability())
                .put("processors", load.processors()).put("frames_per_second", rounded(load.perSecond()))
                .put("utilization", finite(load.utilization())).put("room", finite(load.room())));
        json.put("first_full", forecast.firstFull().map(LoadForecast.CapabilityLoad::capability).orElse(null));
    }

    private static void counts(ObjectNode json, Map<String, Long> counts) {
        counts.forEach(json::put);
    }

    private static void quantiles(ObjectNode json, List<Long> values) {
        json.put("p50", ShadowTally.quantile(values, 0.5)).put("p95", ShadowTally.quantile(values, 0.95))
                .put("frames", values.size());
    }

    private static double rounded(double value) {
        return Math.round(value * 1_000) / 1e3;
    }

    private static @Nullable Double finite(double value) {
        return Double.isInfinite(value) ? null : (Double) rounded(value);
    }
}
