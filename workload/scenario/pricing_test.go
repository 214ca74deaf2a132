package scenario

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/workload/diag"
)

func TestPricingIsReadWhole(t *testing.T) {
	s, ds := Load([]string{"testdata/good/pricing.toml"}, Options{})
	require.False(t, diag.HasErrors(ds), "%v", ds)
	require.Equal(t, model.Pricing{
		SavingsPlan: model.Compute1Year, EC2Discount: 0.28, InternetFacing: []bool{false, true},
		NATGateways: 2, NATGBPerHour: 1.5, InstanceVolumeGB: 30,
		Services: []model.Traffic{
			{LogBytesPerUnit: 1},
			{
				PublicIP: true, BytesPerUnit: 20_000, NATBytesPerUnit: 1024, LogBytesPerUnit: 200,
				UnitsPerConnection: 10, ConnectionTime: 30 * time.Second, RulesPerUnit: 25,
			},
		},
		Jobs: []model.Traffic{{PublicIP: true}},
	}, s.Config.Pricing)
	golden(t, "testdata/good/pricing.resolved", string(s.Resolved))
}

func TestWithoutPricingNothingIsAdded(t *testing.T) {
	s, ds := Load([]string{"testdata/good/first.toml"}, Options{})
	require.False(t, diag.HasErrors(ds))
	require.Equal(t, model.Pricing{}, s.Config.Pricing)
	require.NotContains(t, string(s.Resolved), "pricing")
}
