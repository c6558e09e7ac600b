/** The three dashboards. After a change: `node infra/grafana/make.ts`. */
import { type Board, quantile, rate } from './panels.ts';

const VOICE_TO_VOICE = 'visavis_turn_voice_to_voice_seconds';

export const BOARDS: readonly Board[] = [
  {
    uid: 'visavis-conversation',
    title: 'Conversation quality',
    panels: [
      {
        title: 'Voice to voice',
        unit: 's',
        queries: [
          [quantile(0.5, VOICE_TO_VOICE), 'median'],
          [quantile(0.95, VOICE_TO_VOICE), '95th percentile'],
          [quantile(0.5, 'visavis_turn_voice_to_voice_played_seconds'), 'median, as heard'],
        ],
        help: 'From the end of a person’s speech to the first sample of the answer. Half a second feels like talking, two seconds do not. As heard: with the round trip and playout delay that pages report.',
      },
      {
        title: 'Where the time goes (95th percentile)',
        unit: 's',
        queries: [[quantile(0.95, 'visavis_turn_stage_seconds', 'stage'), '{{stage}}']],
        help: 'The stages follow one another. The one that grew is the one to look at.',
      },
      {
        title: 'Reached after the end of speech (median)',
        unit: 's',
        queries: [[quantile(0.5, 'visavis_turn_until_seconds', 'event'), '{{event}}']],
        help: 'first-frame is the first picture of the speaking mouth on the wire.',
      },
      {
        title: 'Turns by outcome',
        unit: 'ops',
        queries: [[rate('visavis_turns_total', 'outcome'), '{{outcome}}']],
        help: 'Many interrupted ones: answers are too long, or echo is heard as speech.',
      },
      {
        title: 'What people thought of their calls, over a day',
        unit: 'short',
        queries: [['sum by (persona, stars) (increase(visavis_ratings_total[1d]))', '{{persona}}: {{stars}} of 5']],
        help: 'Given at the end of a call by who wanted to. What they wrote with it is in the conversation.',
      },
      {
        title: 'Somebody spoke over the avatar',
        unit: 'ops',
        queries: [[rate('visavis_interruptions_total', 'outcome'), '{{outcome}}']],
        help: 'cancelled: words. resumed: a cough or an “uh-huh”, and the avatar went on.',
      },
      {
        title: 'Provider errors',
        unit: 'ops',
        queries: [[rate('visavis_provider_errors_total', 'stage, category'), '{{stage}}: {{category}}']],
        help: 'auth and quota want the operator; network passes.',
      },
      {
        title: 'Stand-ins',
        unit: 'ops',
        queries: [
          [rate('visavis_dialogue_fallbacks_total'), 'embedded dialogue'],
          [rate('visavis_speech_fallbacks_total'), 'embedded voice'],
        ],
        help: 'The endpoint failed and what is embedded answered or spoke instead.',
      },
      {
        title: 'Calls of providers',
        unit: 'ops',
        queries: [
          [rate('visavis_provider_calls_total', 'stage, provider, outcome'), '{{stage}}: {{provider}} {{outcome}}'],
        ],
        help: 'cancelled: speculation that was not needed, or somebody interrupted.',
      },
      {
        title: 'Providers’ first piece (95th percentile)',
        unit: 's',
        queries: [[quantile(0.95, 'visavis_provider_first_seconds', 'stage, provider'), '{{stage}}: {{provider}}']],
        help: 'From the question to the first token, or the first sound.',
      },
      {
        title: 'Cost of a minute of conversation',
        unit: 'short',
        queries: [
          [
            '60 * sum(increase(visavis_provider_cost_total[1h])) / sum(increase(visavis_conversation_seconds_total[1h]))',
            'over the last hour',
          ],
        ],
        help: 'Estimated by agent.prices, in their currency; 0 with what is embedded.',
      },
      {
        title: 'Answered out of the caches',
        unit: 'ops',
        queries: [[rate('visavis_cache_requests_total', 'cache, outcome'), '{{cache}}: {{outcome}}']],
        help: 'Hits cost nothing and come at once.',
      },
      {
        title: 'Tools',
        unit: 's',
        queries: [[quantile(0.95, 'visavis_tool_seconds', 'tool'), '{{tool}} (95th percentile)']],
        help: 'How long services take that personas ask.',
      },
      {
        title: 'People in danger',
        unit: 'short',
        queries: [
          ['sum by (kind) (increase(visavis_safety_total[1h]))', '{{kind}}'],
          ['sum(increase(visavis_safety_webhooks_total{outcome="failed"}[1h]))', 'not told'],
        ],
        help: 'By what they said, in the last hour. Not told: the webhook of agent.safety could not be reached.',
      },
      {
        title: 'Feelings read',
        unit: 'ops',
        queries: [[rate('visavis_feelings_sensed_total', 'source'), '{{source}}']],
        help: 'Readings by sense, of people who allow it.',
      },
    ],
  },
  {
    uid: 'visavis-rooms',
    title: 'Rooms and media',
    panels: [
      {
        title: 'Rooms',
        unit: 'short',
        queries: [['sum(visavis_rooms)', 'open']],
        help: 'Against limits.rooms in the settings.',
      },
      {
        title: 'People',
        unit: 'short',
        queries: [['sum by (presence) (visavis_participants)', '{{presence}}']],
        help: 'reconnecting: their network is lost, their seat is kept.',
      },
      {
        title: 'Joins, and rooms that ended',
        unit: 'ops',
        queries: [
          [rate('visavis_joins_total'), 'joins'],
          [rate('visavis_join_failures_total', 'cause'), 'refused: {{cause}}'],
          [rate('visavis_reconnections_total', 'outcome'), 'connection lost: {{outcome}}'],
          [rate('visavis_rooms_ended_total', 'reason'), 'ended: {{reason}}'],
        ],
        help: 'worker-died is a media worker that crashed.',
      },
      {
        title: 'People’s voice packets',
        unit: 'pps',
        queries: [[rate('visavis_rtp_received_packets_total', 'outcome'), '{{outcome}}']],
        help: 'Lost ones are concealed; from 5 % on words are misunderstood.',
      },
      {
        title: 'Jitter of the worst voice',
        unit: 's',
        queries: [['max(visavis_rtp_jitter_seconds)', 'jitter']],
        help: 'The gap that is waited for grows with it.',
      },
      {
        title: 'Packets lost on their way',
        unit: 'percentunit',
        queries: [
          [
            'sum by (direction, peer, kind) (rate(visavis_stream_lost_packets_total[$__rate_interval])) / sum by (direction, peer, kind) (rate(visavis_stream_packets_total[$__rate_interval]))',
            '{{direction}}, {{peer}}: {{kind}}',
          ],
        ],
        help: 'As the router counts them; received is what comes from peers.',
      },
      {
        title: 'Round trips to people (95th percentile)',
        unit: 's',
        queries: [[quantile(0.95, 'visavis_stream_round_trip_seconds', 'peer'), '{{peer}}']],
        help: 'The network between the router and its peers.',
      },
      {
        title: 'Voice and picture apart, as played (95th percentile)',
        unit: 's',
        queries: [
          [quantile(0.95, 'visavis_av_offset_seconds', 'ahead'), '{{ahead}} ahead'],
          ['max(visavis_av_drift_seconds)', 'drift, worst page'],
        ],
        help: 'Noticed from 45 ms on where the voice is ahead, from 125 ms where the picture is.',
      },
      {
        title: 'Gaps in avatars’ voices',
        unit: 'ops',
        queries: [[rate('visavis_avatar_audio_underruns_total'), 'frames missing']],
        help: 'Voice frames that were due before they existed: the processor is short of time, or the voice’s endpoint is slow.',
      },
      {
        title: 'Pictures',
        unit: 'ops',
        queries: [[rate('visavis_avatar_frames_total', 'outcome'), '{{outcome}}']],
        help: '25 a second for each avatar that speaks.',
      },
      {
        title: 'What a picture costs',
        unit: 's',
        queries: [
          [
            'sum by (step) (rate(visavis_avatar_frame_seconds_total[$__rate_interval])) / on() group_left sum(rate(visavis_avatar_frames_total{outcome="sent"}[$__rate_interval]))',
            '{{step}}',
          ],
        ],
        help: 'More than 40 ms together, and there are fewer pictures than asked for.',
      },
      {
        title: 'Faces that do with less',
        unit: 'short',
        queries: [['sum by (level) (visavis_face_levels)', '{{level}}']],
        help: 'The face gives way before the voice does.',
      },
      {
        title: 'Video sent',
        unit: 'Bps',
        queries: [[rate('visavis_avatar_video_bytes_total'), 'bytes']],
        help: 'To the media workers, once for each avatar; they send it to every viewer.',
      },
      {
        title: 'Keyframes',
        unit: 'ops',
        queries: [[rate('visavis_avatar_keyframes_total'), 'keyframes']],
        help: 'Many mean that viewers lose packets.',
      },
      {
        title: 'Animation events',
        unit: 'ops',
        queries: [[rate('visavis_animation_events_total', 'outcome'), '{{outcome}}']],
        help: 'For renderers of their own; dropped: one that does not keep up.',
      },
    ],
  },
  {
    uid: 'visavis-hosts',
    title: 'Hosts and providers',
    panels: [
      {
        title: 'Agent hosts ready',
        unit: 'short',
        queries: [['sum(visavis_agent_hosts{ready="true"})', 'ready']],
        help: 'Without one nobody gets an answer.',
        single: true,
      },
      {
        title: 'Conversations carried',
        unit: 'short',
        queries: [['sum(visavis_agent_jobs)', 'conversations']],
        help: 'Against the hosts’ capacity: six per core unless set.',
      },
      {
        title: 'Restarts',
        unit: 'short',
        queries: [
          ['sum(increase(visavis_agent_host_restarts_total[$__rate_interval]))', 'hosts'],
          ['sum by (worker) (increase(visavis_agent_worker_restarts_total[$__rate_interval]))', '{{worker}}'],
          ['sum by (worker) (increase(visavis_server_worker_restarts_total[$__rate_interval]))', '{{worker}}'],
        ],
        help: 'One now and then is caught up with; a row of them is not.',
      },
      {
        title: 'Processor',
        unit: 'percentunit',
        queries: [
          [rate('visavis_server_process_cpu_seconds_total'), 'server'],
          [rate('visavis_agent_process_cpu_seconds_total'), 'agent hosts'],
          [rate('visavis_server_child_cpu_seconds_total', 'process'), '{{process}}'],
          [rate('visavis_agent_child_cpu_seconds_total', 'process'), '{{process}}'],
        ],
        help: '100 % is one core.',
      },
      {
        title: 'Memory',
        unit: 'bytes',
        queries: [
          ['sum(visavis_server_process_resident_memory_bytes)', 'server'],
          ['sum(visavis_agent_process_resident_memory_bytes)', 'agent hosts'],
          ['sum by (process) (visavis_server_child_resident_bytes)', '{{process}}'],
          ['sum by (process) (visavis_agent_child_resident_bytes)', '{{process}}'],
        ],
        help: 'A host has its models in memory once, and some 50 MB for each conversation.',
      },
      {
        title: 'Delay of the event loops (99th percentile)',
        unit: 's',
        queries: [
          ['max(visavis_server_nodejs_eventloop_lag_p99_seconds)', 'server'],
          ['max(visavis_agent_nodejs_eventloop_lag_p99_seconds)', 'agent hosts'],
        ],
        help: 'Media has threads of its own; what is late here is signalling and dialogue.',
      },
      {
        title: 'Lateness of the voice’s clock',
        unit: 's',
        queries: [['max(visavis_media_tick_late_seconds)', 'latest step']],
        help: 'Steps of 20 ms. From 40 ms on the voice has gaps: the processor is short of time.',
      },
      {
        title: 'What waits for workers',
        unit: 'short',
        queries: [
          ['sum by (queue) (visavis_agent_queue_depth)', '{{queue}}'],
          ['sum by (queue) (visavis_server_queue_depth)', '{{queue}}'],
        ],
        help: 'A queue that does not empty: more people speak than the host can hear, or ask for portraits than one worker can draw.',
      },
      {
        title: 'What waits for language models',
        unit: 'short',
        queries: [
          ['sum by (provider, rank) (visavis_dialogue_queue_waiting)', '{{provider}}: {{rank}}'],
          [
            'histogram_quantile(0.95, sum by (le, provider) (rate(visavis_dialogue_queue_seconds_bucket{rank="certain"}[$__rate_interval])))',
            '{{provider}}: seconds, who has spoken, p95',
          ],
        ],
        help: 'Where those who have spoken (certain) wait: more speak at once than the model answers (concurrency). After three seconds the next entry of agent.dialogue answers.',
      },
      {
        title: 'Recordings',
        unit: 'short',
        queries: [
          ['sum(visavis_recordings_running)', 'running'],
          ['sum by (cause) (increase(visavis_recordings_ended_total[$__rate_interval]))', 'ended: {{cause}}'],
        ],
        help: 'full, slow-disk and failed ones ended in mid-call.',
      },
      {
        title: 'Records that wait for the database',
        unit: 'short',
        queries: [
          ['sum(visavis_store_queue_records)', 'waiting'],
          ['sum(increase(visavis_store_dropped_total[$__rate_interval]))', 'lost'],
          ['sum(visavis_store_journal_in_memory_only)', 'disk takes nothing'],
        ],
        help: 'Calls go on without the database; lost ones are gone.',
      },
      {
        title: 'Time to write',
        unit: 's',
        queries: [
          [quantile(0.95, 'visavis_store_write_seconds'), '95th percentile'],
          [rate('visavis_store_errors_total'), 'failures a second'],
        ],
        help: 'One batch of records.',
      },
      {
        title: 'HTTP',
        unit: 'reqps',
        queries: [[rate('visavis_http_requests_total', 'status'), '{{status}}']],
        help: '5xx are faults of the server, or /health while it is not ready.',
      },
      {
        title: 'Signalling requests refused',
        unit: 'reqps',
        queries: [[rate('visavis_requests_refused_total', 'code'), '{{code}}']],
        help: 'internal is a fault of the server.',
      },
      {
        title: 'Rate limits',
        unit: 'reqps',
        queries: [[rate('visavis_rate_limited_total', 'scope, surface'), '{{surface}}: {{scope}}']],
        help: 'Who came too often. Where it is everybody: the limit is too low.',
      },
      {
        title: 'Cameras',
        unit: 'ops',
        queries: [
          [rate('visavis_camera_frames_decoded_total'), 'pictures decoded'],
          [rate('visavis_camera_frames_dropped_total'), 'pictures dropped'],
          [rate('visavis_faces_read_total'), 'faces read'],
        ],
        help: 'Of people who allow it.',
      },
    ],
  },
];
