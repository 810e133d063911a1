namespace MoEQuant.Quantizer.Reporting.Html;

/// <summary>The style sheet of a report.</summary>
internal static class ReportStyle
{
    /// <summary>Colours as variables, first light, then dark; paper is always light.</summary>
    public const string Css = """
        :root {
          color-scheme: light dark;
          --page: #f6f7f9; --card: #ffffff; --ink: #14171c; --muted: #596273; --line: #dde2e9; --track: #e9edf2; --accent: #2f5bd8;
          --good: #14713f; --good-card: #e6f5ec; --bad: #a8211a; --bad-card: #fdeceb; --unknown-card: #eef1f6;
          --h0: #e8eefb; --h1: #cfddf7; --h2: #b1c8f1; --h3: #8fb0e9; --h4: #6c95df; --h5: #4d79d0; --h6: #355fb8; --h7: #234797; --h8: #15306f;
          --low-ink: #14171c; --high-ink: #ffffff; --part0: #2f5bd8; --part1: #7a9bf0; --part2: #e08a1e; --part3: #5aa897; --part4: #9aa4b2; --before: #9aa4b2;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #0e1116; --card: #171b22; --ink: #e8ebf0; --muted: #9ba6b7; --line: #2b323d; --track: #232a34; --accent: #86a8ff;
            --good: #63d79d; --good-card: #12291d; --bad: #ff8f86; --bad-card: #331715; --unknown-card: #1d232c;
            --h0: #1b2434; --h1: #21314f; --h2: #28406c; --h3: #31518a; --h4: #4067a9; --h5: #5a83c7; --h6: #7ea3df; --h7: #a7c4f0; --h8: #d3e2fb;
            --low-ink: #e8ebf0; --high-ink: #0e1116; --part0: #6d92ff; --part1: #34509a; --part2: #f0a548; --part3: #5fb3a1; --part4: #69748a; --before: #69748a;
          }
        }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
        main { max-width: 62rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
        h1 { font-size: 2rem; line-height: 1.15; margin: 0 0 .25rem; overflow-wrap: anywhere; }
        h2 { font-size: 1.25rem; margin: 0 0 .25rem; }
        h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
        p { margin: 0 0 .75rem; max-width: 72ch; }
        .muted { color: var(--muted); font-size: .875rem; }
        section { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1.25rem; margin-top: 1.25rem; }
        .verdict { border-radius: 10px; padding: .75rem 1rem; margin: 1rem 0; max-width: none; overflow-wrap: anywhere; }
        .verdict ul { margin: .5rem 0 0; padding-left: 1.25rem; }
        .good { background: var(--good-card); color: var(--good); font-weight: 600; }
        .bad { background: var(--bad-card); color: var(--bad); }
        .unknown { background: var(--unknown-card); }
        .tiles { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: .75rem; margin-top: 1rem; }
        .tile { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: .9rem 1rem; display: flex; flex-direction: column; }
        .tile-label { font-size: .875rem; font-weight: 600; }
        .tile-value { font-size: 1.75rem; line-height: 1.25; font-weight: 650; font-variant-numeric: tabular-nums; }
        .chart { margin: .75rem 0; }
        .row { display: grid; grid-template-columns: 13rem minmax(0, 1fr) 6.5rem; gap: .75rem; align-items: center; margin: 2px 0; }
        .label { font-size: .8125rem; overflow-wrap: anywhere; line-height: 1.2; }
        .value { font-size: .8125rem; text-align: right; font-variant-numeric: tabular-nums; color: var(--muted); }
        svg { display: block; overflow: visible; }
        svg text { font-size: 11px; text-anchor: middle; font-variant-numeric: tabular-nums; }
        .on-light { fill: var(--low-ink); } .on-dark { fill: var(--high-ink); } .axis { fill: var(--muted); }
        .track { fill: var(--track); } .bar { fill: var(--accent); } .missed { fill: var(--bad); } .before { fill: var(--before); } .limit { fill: var(--ink); }
        .cell { stroke: var(--card); stroke-width: 1; } .short { stroke: var(--part2); stroke-width: 2; }
        .h0 { fill: var(--h0); } .h1 { fill: var(--h1); } .h2 { fill: var(--h2); } .h3 { fill: var(--h3); } .h4 { fill: var(--h4); }
        .h5 { fill: var(--h5); } .h6 { fill: var(--h6); } .h7 { fill: var(--h7); } .h8 { fill: var(--h8); }
        .part0 { fill: var(--part0); } .part1 { fill: var(--part1); } .part2 { fill: var(--part2); } .part3 { fill: var(--part3); } .part4 { fill: var(--part4); }
        .scale, .legend { display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: center; font-size: .8125rem; color: var(--muted); margin: .5rem 0; }
        .legend { list-style: none; padding: 0; } .legend li { display: flex; gap: .4rem; align-items: center; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; min-width: 60%; }
        th, td { text-align: right; padding: .35rem .75rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
        th:first-child { text-align: left; padding-left: 0; } tbody th { font-weight: 500; } thead th { color: var(--muted); font-weight: 600; }
        details { margin-top: .75rem; } summary { cursor: pointer; color: var(--accent); font-size: .875rem; } details .scroll { margin-top: .5rem; }
        :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
        @media (max-width: 40rem) {
          main { padding: 1.25rem .75rem 3rem; } section { padding: 1rem .85rem; } .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); } .tile-value { font-size: 1.4rem; }
          .row { grid-template-columns: minmax(0, 1fr) auto; gap: 1px .5rem; margin: .4rem 0; } .row svg { grid-column: 1 / -1; grid-row: 2; }
          svg text.on-light, svg text.on-dark { font-size: 9px; }
        }
        @media print {
          :root {
            --page: #ffffff; --card: #ffffff; --ink: #000000; --muted: #444444; --line: #cccccc; --track: #eeeeee; --accent: #2f5bd8;
            --good: #14713f; --good-card: #e6f5ec; --bad: #a8211a; --bad-card: #fdeceb; --unknown-card: #eef1f6;
            --h0: #e8eefb; --h1: #cfddf7; --h2: #b1c8f1; --h3: #8fb0e9; --h4: #6c95df; --h5: #4d79d0; --h6: #355fb8; --h7: #234797; --h8: #15306f;
            --low-ink: #14171c; --high-ink: #ffffff; --part0: #2f5bd8; --part1: #7a9bf0; --part2: #e08a1e; --part3: #5aa897; --part4: #9aa4b2; --before: #9aa4b2;
          }
          * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
          body { font-size: 12px; } main { max-width: none; padding: 0; } section, .tile { break-inside: avoid; } .scroll { overflow: visible; }
        }

        """;
}
