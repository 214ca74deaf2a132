package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"

	"ecssim/model/catalog"
)

// spotLine is what the Spot Instance Advisor says of a type.
func spotLine(o catalog.SpotOffer) string {
	of := fmt.Sprintf("%.0f to %.0f %%", o.LowPerMonth*100, o.HighPerMonth*100)
	switch {
	case o.LowPerMonth == 0:
		of = fmt.Sprintf("less than %.0f %%", o.HighPerMonth*100)
	case o.HighPerMonth == catalog.OpenBucket:
		of = fmt.Sprintf("more than %.0f %%", o.LowPerMonth*100)
	}
	return fmt.Sprintf("%.0f %% less than On-Demand, %s taken back a month", o.Discount*100, of)
}

// showPrices lists what costs money besides instances and Fargate.
func showPrices(out io.Writer, c *catalog.Catalog, format string) error {
	prices := c.Prices()
	switch format {
	case "json":
		type row struct {
			Item       string  `json:"item"`
			USD        float64 `json:"usd"`
			Unit       string  `json:"unit"`
			AsOf       string  `json:"as_of"`
			Confidence string  `json:"confidence"`
			Source     string  `json:"source"`
		}
		rows := make([]row, len(prices))
		for n, p := range prices {
			rows[n] = row{p.Item, p.USD, p.Unit, p.AsOf, p.Confidence, p.Source}
		}
		return writeJSON(out, rows)
	case "csv":
		rows := [][]string{{"item", "region", "usd", "unit", "as_of", "confidence", "source"}}
		for _, p := range prices {
			rows = append(rows, []string{p.Item, p.Region, price(p.USD), p.Unit, p.AsOf, p.Confidence, p.Source})
		}
		return csv.NewWriter(out).WriteAll(rows)
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "USD in %s, besides instances and Fargate\n", c.Region())
	for _, p := range prices {
		fmt.Fprintf(w, "  %s\t%s\t%s\n", p.Item, strconv.FormatFloat(p.USD, 'f', -1, 64), p.AsOf)
	}
	if err := w.Flush(); err != nil {
		return failure(err)
	}
	if len(prices) <= 1 {
		fmt.Fprintf(out, "no others are known in %s\n", c.Region())
	}
	_, err := io.WriteString(out, "Units and sources: --format csv\n")
	return err
}
