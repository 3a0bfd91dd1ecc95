package framebuffer.wire;

/**
 * The Redis keys of one partition (docs/protocol.md 2.1). All begin with the same prefix; a prefix with a hash tag ({@code {p0}}) keeps the
 * partition in one slot of a Redis Cluster.
 *
 * @param prefix prefix of every name; empty by default
 * @param gated whether the service reads the frames that the gate of a migration gives it, and not those of the producers
 */
public record Keys(String prefix, boolean gated) {
    /** The beginning of every work queue's name, after the prefix. */
    public static final String READY = "frames:ready:";

    /** The keys without a prefix. */
    public static final Keys DEFAULT = new Keys("");

    /** The keys of a service that producers write to. */
    public Keys(String prefix) {
        this(prefix, false);
    }

    /** Stream: frames as captured; written by producers or, if the keys are {@link #gated}, by the gate. */
    public String capture() {
        return gated ? prefix + "frames:capture:v2" : produced();
    }

    /** Stream: frames as captured, written by producers. */
    public String produced() {
        return prefix + "frames:capture";
    }

    /** Stream: captured frames that the gate forwards to the older service, byte for byte. */
    public String legacy() {
        return prefix + "frames:capture:legacy";
    }

    /** Stream: what the service would have done with each frame while it was a shadow. */
    public String shadow() {
        return prefix + "frames:shadow";
    }

    /** Hash: what the gate has counted, and the steps of the migration from the older service. */
    public String migration() {
        return prefix + "frame-buffer:migration";
    }

    /** String: lease of the instance that works as the gate. */
    public String gateLease() {
        return prefix + "frame-buffer:gate-lease";
    }

    /** Stream: the work queue with this name, which begins with {@link #READY}. */
    public String queue(String name) {
        return prefix.isEmpty() ? name : prefix + name;
    }

    /** Stream: results, by default. */
    public String results() {
        return prefix + "frames:results";
    }

    /** Hash: reader of results → its cursor; and the fence of the last publisher. */
    public String resultCursors() {
        return prefix + "frame-buffer:result-cursors";
    }

    /** String, in the first partition: lease of the instance that publishes results. */
    public String publisherLease() {
        return prefix + "frame-buffer:publisher-lease";
    }

    /** Hash, in the first partition: rule for notifications → when it matched last, and when it last notified. */
    public String notifications() {
        return prefix + "frame-buffer:notifications";
    }

    /** Stream: frames that processors returned. */
    public String returned() {
        return prefix + "frames:returned";
    }

    /** Stream: deferred frames. */
    public String deferred() {
        return prefix + "frame-buffer:deferred";
    }

    /** Sorted set: entries of {@link #deferred}, by due time. */
    public String deferredDue() {
        return prefix + "frame-buffer:deferred-due";
    }

    /** Hash: the clock of their due times. */
    public String deferredClock() {
        return prefix + "frame-buffer:deferred-clock";
    }

    /** Stream: dead letters. */
    public String deadLetter() {
        return prefix + "frames:dead-letter";
    }

    /** Stream: the last frames that were shed, without their pixels. */
    public String shed() {
        return prefix + "frame-buffer:shed";
    }

    /** String: the pixels of a frame that does not carry them inline. */
    public String pixels(String frameId) {
        return prefix + "frame:" + frameId;
    }

    /** Hash: processor id → registration. */
    public String registry() {
        return prefix + "processors:registry";
    }

    /** Hash: processor id → last health report. */
    public String health() {
        return prefix + "processors:health";
    }

    /** Hash: id → registration of a processor that was unregistered and whose queue is not empty yet. */
    public String departed() {
        return prefix + "processors:departed";
    }

    /** Hash: key of a work queue → activity of its processor. */
    public String activity() {
        return prefix + "frame-buffer:activity";
    }

    /**
     * Hash: key of a work queue → number of delivered frames that we took from it; also other counts of entries added to and removed from
     * streams.
     */
    public String taken() {
        return prefix + "frame-buffer:taken";
    }

    /** Hash: entry of {@link #returned} → 1 when its frame was handed off before, so that it is taken back. */
    public String accepted() {
        return prefix + "frame-buffer:accepted";
    }

    /** String: the secret of the instances, which sign each hand-off with it. */
    public String handOffSecret() {
        return prefix + "frame-buffer:hand-off-secret";
    }

    /** Stream: the journal of all steps of frames, in pages. */
    public String journey() {
        return prefix + "frame-buffer:journey";
    }

    /** String: the verdict of a hand-off in progress. It exists only within a transaction. */
    public String verdict() {
        return prefix + "frame-buffer:verdict";
    }

    /** Hash: key of a work queue → the suspect entry in it, which may have crashed its previous processor. */
    public String suspects() {
        return prefix + "frame-buffer:suspects";
    }

    /** Hash: key of a work queue → this partition's share of its processor's capacity; missing: all. */
    public String shares() {
        return prefix + "frame-buffer:shares";
    }

    /** String, in the first partition: the number of partitions. */
    public String partitions() {
        return prefix + "frame-buffer:partitions";
    }

    /** String, in the first partition, for some seconds: the number of partitions of a starting instance. */
    public String partitionsStarting() {
        return prefix + "frame-buffer:partitions-starting";
    }

    /** String, in the first partition: the number of partitions is changing. */
    public String partitionsChanging() {
        return prefix + "frame-buffer:partitions-changing";
    }

    /** Hash, in the first partition: minute since 1970 → what was counted until then, as JSON. */
    public String history() {
        return prefix + "frame-buffer:history";
    }

    /** Hash, in the first partition: alert rule and subject → the silence, as JSON. */
    public String silences() {
        return prefix + "frame-buffer:silences";
    }

    /** Sorted set: parts of frames with several steps in {@link #journey}, by the time of the last one. */
    public String journeyRepeated() {
        return prefix + "frame-buffer:journey-repeated";
    }

    /** Hash, in the first partition: processor id, a space, number of a partition → grant of that partition. */
    public String grants() {
        return prefix + "frame-buffer:grants";
    }

    /** Hash, in the first partition: number of a partition → its demand for each processor. */
    public String demand() {
        return prefix + "frame-buffer:demand";
    }

    /** Hash: processor id → number of frames it returned. */
    public String givenBack() {
        return prefix + "frame-buffer:given-back";
    }

    /** Hash: instance → its last heartbeat. */
    public String instances() {
        return prefix + "frame-buffer:instances";
    }

    /** String: the run of an instance that holds this name, and its location. */
    public String instanceName(String instance) {
        return prefix + "frame-buffer:instance:" + instance;
    }

    /** Hash: instance → its last heartbeat as a candidate for the partition. */
    public String candidates() {
        return prefix + "frame-buffer:candidates";
    }

    /** Hash: processor id → its circuit, except closed circuits without failures. */
    public String circuits() {
        return prefix + "frame-buffer:circuits";
    }

    /** Hash: processor id → time and result of the last poll of its health endpoint. */
    public String polls() {
        return prefix + "frame-buffer:polls";
    }

    /** Hash: the ledger, numbers of frames by outcome and camera. */
    public String ledger() {
        return prefix + "frame-buffer:ledger";
    }

    /** Stream: the last corrections of the ledger. */
    public String ledgerChanges() {
        return prefix + "frame-buffer:ledger-changes";
    }

    /** Hash: capture id → outstanding parts of a frame with several capabilities. */
    public String parts() {
        return prefix + "frame-buffer:parts";
    }

    /** Hash: number of frames completed by each processor, by time since capture. */
    public String completed() {
        return prefix + "frame-buffer:completed";
    }

    /** Hash: camera → its policy as JSON, unless it has the default policy. */
    public String cameraPolicies() {
        return prefix + "frame-buffer:camera-policies";
    }

    /** Hash: camera → its newest frame in the capture stream. */
    public String camerasSeen() {
        return prefix + "frame-buffer:cameras-seen";
    }

    /** Hash: camera → its last report on its video, as JSON. */
    public String cameraReports() {
        return prefix + "frame-buffer:camera-reports";
    }

    /** Hash: the operator's switches for all instances. */
    public String control() {
        return prefix + "frame-buffer:control";
    }

    /** Hash and channel: backpressure for producers. */
    public String backpressure() {
        return prefix + "frame-buffer:backpressure";
    }

    /** String: lease of the instance that computes {@link #backpressure}. */
    public String backpressureLease() {
        return prefix + "frame-buffer:backpressure-lease";
    }

    /** Hash: instance → its waiting frames by capability, as JSON. */
    public String waiting() {
        return prefix + "frame-buffer:waiting";
    }

    /** Hash: {@link CameraNeed} → the last finding, as JSON. */
    public String pictures() {
        return prefix + "frame-buffer:pictures";
    }

    /** String: the annotated picture of the last finding. */
    public String picture(CameraNeed of) {
        return prefix + "frame-buffer:picture:" + of.encode();
    }

    /** String: exists while a viewer requests pictures. */
    public String picturesWanted() {
        return prefix + "frame-buffer:pictures-wanted";
    }

    /** Hash: {@link CameraNeed} → id of its processor. */
    public String affinity() {
        return prefix + "frame-buffer:affinity";
    }

    /** Stream: the last changes of {@link #affinity}, in order. */
    public String affinityChanges() {
        return prefix + "frame-buffer:affinity-changes";
    }

    /** Sorted set: {@link CameraNeed}, by the time of its last frame. */
    public String affinitySeen() {
        return prefix + "frame-buffer:affinity-seen";
    }
}
