-- Waves of contacts: a campaign, or each month of one that goes on. What a wave brought is known when its campaign has
-- ended, or $window days after the last contact where no end is given.
SELECT
    coalesce(m.kind, CAST($unkinded AS VARCHAR)) AS kind,
    w.campaign_id,
    coalesce(m.name, w.campaign_id) AS name,
    w.wave,
    CAST(w.first_contact - INTERVAL 1 DAY AS DATE) AS cut_off,
    w.first_contact,
    greatest(coalesce(m.end_date, w.last_contact), CASE WHEN m.end_date IS NULL THEN CAST(w.last_contact + CAST($window AS INTEGER) * INTERVAL 1 DAY AS DATE) ELSE w.last_contact END) AS known_on,
    w.contacted,
    w.responded
FROM (
    SELECT
        campaign_id,
        wave,
        min(contacted_on) AS first_contact,
        max(contacted_on) AS last_contact,
        count(*) AS contacted,
        CAST(sum(responded) AS BIGINT) AS responded
    FROM response_cases
    GROUP BY campaign_id, wave
) AS w
LEFT JOIN campaigns AS m ON m.campaign_id = w.campaign_id
ORDER BY kind, w.first_contact DESC, w.campaign_id, w.wave
